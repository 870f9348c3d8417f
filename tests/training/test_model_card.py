"""The model card: its numbers are those counted independently, and nothing of a machine or a day is among the rest."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import platform

import numpy as np
import pyarrow as pa
import pytest
import torch

from einthoven.cohort.cohort import Cohort
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.public.public_model import Seen
from einthoven.training.card_data import data_facts, rows_hash
from einthoven.training.model_card import write_model_card
from fakes.pretraining import SETTINGS, TINY, VIEW
from fakes.stores import FakeStore
from fakes.watched_pretraining import pretrain_watched

N = 40


@pytest.fixture(scope="module")
def cohort():
    """Return a cohort of two data sets, with patients of two ECGs and gaps in what is known."""
    store = FakeStore(N)
    generator = np.random.default_rng(0)
    splits = (["train"] * 4 + ["validation"] * 2 + ["test"] * 2) * (N // 8)
    ages = generator.uniform(30, 80, N).astype(np.float32)
    times = [dt.datetime(2000 + i // 4, 5, 1) for i in range(N)]  # noqa: DTZ001 - cohorts hold local times
    columns = {
        "record_id": store.record_ids,
        "patient_id": [f"p{i // 2}" for i in range(N)],
        "source": ["ptb_xl" if i < 28 else "made" for i in range(N)],
        "site": [None if i % 5 == 0 else f"site {i % 3}" for i in range(N)],
        "ecg_time": pa.array(times, pa.timestamp("us")),
        "age_years": pa.array([None if i % 7 == 0 else age for i, age in enumerate(ages)], pa.float32()),
        "sex": ["F" if i % 3 else "M" for i in range(N)],
        "split": splits,
        "group.device": [f"device {i % 2}" for i in range(N)],
        "y.up": pa.array([None if i % 4 == 1 else value for i, value in enumerate(store.labels[:, 0])], pa.float32()),
        "y.loud": pa.array(store.labels[:, 1], pa.float32()),
        "y.lvef": pa.array(generator.uniform(20, 70, N), pa.float32()),
    }
    return pa.table(columns)


@pytest.fixture(scope="module")
def run(tmp_path_factory, cohort):
    """Return the folder and the checkpoint of a run on both data sets, of which one is simulated."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("card")
    checkpoint = pretrain_watched(
        folder,
        store=FakeStore(N),
        cohort=cohort,
        simulated={"made"},
        environment={"code_version": "0.1+abc", "packages": {"torch": "9"}},
        steps=4,
    )
    return folder, checkpoint


@pytest.fixture(scope="module")
def facts(run):
    """Return the card's plain values."""
    return json.loads((run[0] / "model_card.json").read_text())


@pytest.fixture(scope="module")
def rows(cohort):
    """Return the rows that were learnt from, as dictionaries."""
    return [row for row in cohort.to_pylist() if row["split"] == "train"]


def test_counts_are_those_of_the_rows(facts, rows):
    data = facts["data"]
    assert (data["ecgs"], data["patients"]) == (len(rows), len({row["patient_id"] for row in rows}))
    for one in data["data_sets"]:
        own = [row for row in rows if row["source"] == one["name"]]
        assert (one["ecgs"], one["patients"]) == (len(own), len({row["patient_id"] for row in own}))
        assert one["sex"] == {sex: sum(row["sex"] == sex for row in own) for sex in ("F", "M")}
        assert one["years"] == [own[0]["ecg_time"].year, own[-1]["ecg_time"].year]
        sites = [row["site"] for row in own if row["site"]]
        assert one["sites"]["ecgs"] == {site: sites.count(site) for site in one["sites"]["ecgs"]}
        assert one["sites"]["distinct"] == len(set(sites))
        assert one["sites"]["unknown"] == len(own) - len(sites)
        assert sum(one["devices"]["ecgs"].values()) == len(own)


def test_ages_are_quartiles_of_the_known_ones(facts, rows):
    for one in facts["data"]["data_sets"]:
        ages = [row["age_years"] for row in rows if row["source"] == one["name"]]
        known = [age for age in ages if age is not None]
        assert one["age_years"]["unknown"] == len(ages) - len(known)
        np.testing.assert_allclose(
            one["age_years"]["quartiles"], np.percentile(known, [0, 25, 50, 75, 100]), atol=0.051
        )


def test_labels_are_counted_and_values_are_no_labels(facts, rows):
    labels = facts["data"]["labels"]
    assert set(labels) == {"up", "loud"}
    known = [row["y.up"] for row in rows if row["y.up"] is not None]
    assert labels["up"] == {
        "positive": sum(value > 0.5 for value in known),
        "negative": sum(value <= 0.5 for value in known),
        "unknown": len(rows) - len(known),
    }


def test_an_uncertain_label_counts_as_unknown():
    cohort = pa.table(
        {
            "record_id": ["a", "b"],
            "patient_id": ["a", "b"],
            "split": ["train"] * 2,
            "y.x": pa.array([1.0, 1.0], pa.float32()),
            "u.x": [True, False],
        }
    )
    facts = data_facts(cohort, record_ids=["a", "b"], splits=("train",), simulated=(), sources={})
    assert facts["labels"]["x"] == {"positive": 1, "negative": 0, "unknown": 1}


def test_every_split_is_told_with_what_was_learnt_from_it(facts, cohort):
    splits = cohort["split"].to_pylist()
    assert facts["data"]["splits"] == [
        {
            "split": name,
            "meant_to_be_learnt_from": name == "train",
            "ecgs": splits.count(name),
            "patients": len({row["patient_id"] for row in cohort.to_pylist() if row["split"] == name}),
            "learnt_from": splits.count(name) if name == "train" else 0,
        }
        for name in ("test", "train", "validation")
    ]


def test_licences_are_those_of_the_catalogue_and_simulated_patients_have_none(facts):
    licences = {one["name"]: (one["licence"], one["simulated"]) for one in facts["data"]["data_sets"]}
    assert licences == {"ptb_xl": ("CC BY 4.0", False), "made": ("", True)}


def test_a_data_set_of_another_name_is_looked_up_by_its_source(cohort):
    renamed = cohort.set_column(cohort.column_names.index("source"), "source", pa.array(["A"] * N))
    ids = renamed["record_id"].to_pylist()
    found = data_facts(renamed, record_ids=ids, splits=("train",), simulated=(), sources={"A": "ptb_xl"})
    assert found["data_sets"][0]["licence"] == "CC BY 4.0"
    assert data_facts(renamed, record_ids=ids, splits=(), simulated=(), sources={})["data_sets"][0]["licence"] == ""


def test_hashes_are_those_of_weights_rows_and_preparation(run, facts, cohort):
    folder, checkpoint = run
    weights = hashlib.sha256((folder / "checkpoint" / "model.safetensors").read_bytes()).hexdigest()
    assert facts["model"]["weights_sha256"] == weights
    assert facts["data"]["ingest_hash"] == FakeStore(N).ingest_hash == checkpoint.spec.ingest.ingest_hash
    learnt = cohort.filter(pa.compute.equal(cohort["split"], "train"))
    assert facts["data"]["rows_hash"] == rows_hash(learnt.take(np.random.default_rng(0).permutation(learnt.num_rows)))
    assert facts["data"]["rows_hash"] != rows_hash(learnt.slice(1))


def test_the_hash_of_all_rows_is_that_of_the_cohort(cohort):
    import polars as pl

    whole = Cohort.from_frame(pl.DataFrame(cohort.set_column(7, "split", pa.array(["train"] * N))))
    assert rows_hash(whole.table) == whole.hash


def test_the_model_is_described_as_it_is(run, facts):
    network = run[1].network()
    model = facts["model"]
    assert model["encoder_parameters"] == sum(one.numel() for one in network.encoder.parameters())
    assert model["tokens"] == 100 // TINY["patch_samples"]
    assert model["settings"]["width"] == TINY["width"]
    assert facts["objectives"]["toy_reconstruction"]["weight"] == 0.5
    assert facts["objectives"]["toy_memory"]["settings"]["temperature"] == 0.2
    training = facts["training"]
    assert (training["steps"], training["samples"], training["passes_over_the_ecgs"]) == (4, 32, 1.6)
    assert facts["watching"]["last_look"]["step"] == 4


def test_what_it_must_not_be_used_for_is_said(facts):
    words = " ".join(facts["limits"])
    ages = [one["age_years"]["quartiles"] for one in facts["data"]["data_sets"]]
    assert "not a medical device" in words
    assert "learnt from made and ptb_xl" in words
    assert f"nobody younger than {min(one[0] for one in ages):g}" in words
    simulated = next(one["ecgs"] for one in facts["data"]["data_sets"] if one["simulated"])
    assert f"{simulated} of {facts['data']['ecgs']} ECGs are simulated" in words
    assert "cinc2021" in words


def test_neither_host_nor_time_is_in_what_is_the_same_on_another_day(facts):
    same = {name: value for name, value in facts.items() if name not in ("machine", "environment")}
    assert "seconds" not in json.dumps(same)
    assert "samples_per_s" not in json.dumps(same)
    assert platform.node() not in json.dumps(facts)
    assert facts["machine"]["training_s"] > 0


def test_the_page_holds_the_numbers_and_no_cell_is_lost(run, facts):
    page = (run[0] / "model_card.md").read_text()
    assert facts["model"]["weights_sha256"] in page
    assert "| ptb_xl | real | 16 |" in page
    assert "code_version = 0.1+abc, torch = 9" in page
    for block in page.split("\n\n"):
        lines = block.splitlines()
        if lines[0].startswith("|"):
            assert len({line.count(" |") for line in lines}) == 1


def test_published_weights_that_it_began_with_are_told(tmp_path, run, cohort):
    start = dataclasses.replace(
        run[1], public="a_model", licence="MIT", seen_in_pretraining=(Seen("mimic_iv_ecg", "1.0", "all"),)
    )
    write_model_card(
        tmp_path,
        settings=dataclasses.replace(SETTINGS, objectives={"supervised": {}}),
        checkpoint=_labelled(run[1]),
        store=FakeStore(N),
        cohort=cohort,
        record_ids=cohort["record_id"].to_pylist()[:10],
        seed=3,
        total_steps=7,
        labels=("loud",),
        start=start,
    )
    page = (tmp_path / "model_card.md").read_text()
    assert "started from: a_model, licence MIT; had seen mimic_iv_ecg 1.0 all" in page
    assert "loud (learnt)" in page
    assert "they aren't calibrated" in page
    assert "This run was not watched." in page


def _labelled(checkpoint: Checkpoint) -> Checkpoint:
    """Return the same encoder with a head."""
    from einthoven.models.architectures import build

    network = build("vit1d", n_leads=3, n_labels=1, **checkpoint.settings)
    return Checkpoint("vit1d", checkpoint.settings, checkpoint.spec, ("loud",), network.state_dict())


def test_the_view_of_the_input_is_told(facts):
    assert facts["input"]["view"]["window_s"] == VIEW.window_s
