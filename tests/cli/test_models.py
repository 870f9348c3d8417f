"""``models`` lists, describes, checks and converts published weights."""

from __future__ import annotations

import csv
import dataclasses
import re

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from einthoven.cli.main import app
from einthoven.ecg.input_spec import InputSpec, NormaliseSpec, ViewSpec
from einthoven.errors import CheckpointError, LeadError, UnknownNameError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.public import catalogue
from einthoven.models.public.catalogue import public_model_names
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource
from fakes.ecg_archive import SPEC, write_archive

SETTINGS = {"widths": (2, 2, 2, 2), "stem_widths": (2,)}
WINDOW_S = 128 / SPEC.rate_hz
PLAIN = InputSpec(SPEC, ViewSpec(window_s=WINDOW_S, test_crops_s=(0.0,)))
SCALED = dataclasses.replace(
    PLAIN, view=ViewSpec(window_s=WINDOW_S, test_crops_s=(0.0,), normalise=NormaliseSpec("zscore"))
)
MADE_UP = PublicModel(
    name="made_up",
    title="a network nobody published",
    reference="doi:10.0/none",
    architecture="xresnet1d",
    settings=SETTINGS,
    presets={"paper": PLAIN, "code": SCALED},
    container=("state_dict",),
    key_map=((r"(encoder|head)(\..*)", r"\1\2"),),
    ignored=(Ignored(r"decoder\..*", "it belongs to pretraining"),),
    labels=("AF", "LBBB"),
    n_parameters=1234,
    code_licence="MIT",
    weight_licence="CC BY-NC 4.0",
    commercial_use=False,
    pretrained_on=(Seen("ptb_xl", "1.0.3", "folds 1 to 8"),),
    sources=(WeightSource("https://example.org", "w.pth", "00" * 32),),
    warnings=("its authors contradict themselves.",),
)


def models(*words):
    return CliRunner().invoke(app, ["models", *map(str, words)], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _made_up_model(monkeypatch):
    monkeypatch.setitem(catalogue.PUBLIC_MODELS, "made_up", f"{__name__}:MADE_UP")
    monkeypatch.setattr(catalogue, "resolve", _resolve)


def _resolve(family, name, table):
    from einthoven.registry import resolve

    return MADE_UP if name == "made_up" else resolve(family, name, table)


@pytest.fixture
def weights(tmp_path):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        state = build("xresnet1d", n_leads=len(SPEC.leads), n_labels=2, head=MADE_UP.head, **SETTINGS).state_dict()
    torch.save({"state_dict": {**state, "decoder.weight": torch.ones(2)}, "epoch": 1}, tmp_path / "w.pth")
    return tmp_path / "w.pth"


def test_the_list_names_every_model_and_architecture():
    result = models("list")
    assert result.exit_code == 0
    for name in (*public_model_names(), "made_up", "s4", "xresnet1d"):
        assert re.search(rf"\b{name}\b", result.output), name


@pytest.mark.parametrize("name", [*public_model_names(), "made_up"])
def test_every_model_can_be_described(name):
    result = models("show", name)
    assert result.exit_code == 0
    for part in ("paper:", "leads:", "outputs:", "has seen:", "licence:", "weights:", "models convert FILE --as"):
        assert part in result.output


def test_the_card_tells_presets_apart_and_warns():
    output = models("show", "made_up").output
    assert "input as preset paper, the default:" in output
    assert "input as preset code:" in output
    assert "0 AF, 1 LBBB" in output
    assert "ptb_xl 1.0.3 (folds 1 to 8)" in output
    assert "commercial use not allowed" in output
    assert "beware: its authors contradict themselves." in output


def test_an_architecture_is_described_with_its_defaults_and_cost():
    output = models("show", "xresnet1d").output
    assert "depth: 18" in output
    assert "receptive field" in output
    assert "GFLOP" in output


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'ecgfounder_12lead'"):
        models("show", "ecgfounder_12leads")


def test_check_says_what_becomes_of_each_tensor(weights):
    result = models("check", weights, "--as", "made_up")
    assert result.exit_code == 0
    assert "fits made_up: names and shapes are the published ones" in result.output
    assert "ignored: 1 (decoder.weight): it belongs to pretraining" in result.output
    assert "which is NOT the published one" in result.output


def test_check_names_every_fault_and_ends_with_2(weights):
    content = torch.load(weights, weights_only=True)
    content["state_dict"]["head.linear.bias"] = torch.ones(3)
    content["state_dict"]["surplus"] = torch.ones(3)
    del content["state_dict"]["head.linear.weight"]
    torch.save(content, weights)
    result = models("check", weights, "--as", "made_up")
    assert result.exit_code == 2
    for line in (
        "does NOT fit made_up",
        "wrong: head.linear.weight is missing",
        "wrong: surplus is unexpected",
        "wrong: head.linear.bias has shape (3,), not (2,)",
    ):
        assert line in result.output


def test_convert_writes_a_checkpoint_and_prints_the_licence(weights, tmp_path):
    result = models("convert", weights, "--as", "made_up", "--out", tmp_path / "c", "--preset", "code")
    assert result.exit_code == 0
    assert "licence of the weights: CC BY-NC 4.0; commercial use: no" in result.output
    assert "it has seen ptb_xl" in result.output
    assert "is not the published one" in result.output
    checkpoint = Checkpoint.load(tmp_path / "c", labels=("AF", "LBBB"))
    assert checkpoint.spec == SCALED
    assert checkpoint.public == "made_up"


def test_convert_leaves_the_head_away_when_asked(weights, tmp_path):
    models("convert", weights, "--as", "made_up", "--out", tmp_path / "c", "--encoder-only")
    assert Checkpoint.load(tmp_path / "c").labels == ()


def test_convert_never_writes_over_anything(weights, tmp_path):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "precious").write_text("")
    with pytest.raises(CheckpointError, match="is there already"):
        models("convert", weights, "--as", "made_up", "--out", tmp_path / "c")


@pytest.fixture
def archive(tmp_path):
    write_archive(tmp_path / "archive", 6, lengths=(300, 450))
    return tmp_path / "archive"


def test_a_converted_model_scores_files(weights, archive, tmp_path):
    models("convert", weights, "--as", "made_up", "--out", tmp_path / "c")
    words = ["predict", "--checkpoint", tmp_path / "c", "--input", archive, "--out", tmp_path / "scores.csv"]
    assert CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False).exit_code == 0
    rows = list(csv.DictReader((tmp_path / "scores.csv").open()))
    assert len(rows) == 6
    assert all(0 < float(row["score.AF"]) < 1 for row in rows)


def test_presets_are_compared_on_the_same_ecgs(weights, archive, tmp_path):
    result = models("compare-presets", "made_up", "--weights", weights, "--input", archive, "--out", tmp_path / "p.csv")
    assert result.exit_code == 0
    assert "scores of 6 ECGs, moved from preset paper by" in result.output
    rows = list(csv.DictReader((tmp_path / "p.csv").open()))
    assert [(row["preset"], row["label"], row["n"]) for row in rows] == [("code", "AF", "6"), ("code", "LBBB", "6")]
    assert all(0 < float(row["mean_difference"]) <= float(row["largest_difference"]) for row in rows)
    assert np.isfinite([float(row["rank_correlation"]) for row in rows]).all()


def test_a_model_with_one_preset_has_nothing_to_compare(weights, archive, monkeypatch):
    single = dataclasses.replace(MADE_UP, presets={"paper": PLAIN})
    monkeypatch.setattr(catalogue, "resolve", lambda *_: single)
    with pytest.raises(Exception, match="only the preset paper"):
        models("compare-presets", "made_up", "--weights", weights, "--input", archive)


def test_a_model_that_keeps_leads_apart_is_converted_for_some_of_them(tmp_path):
    """The made-up model mixes leads, and says so; a published one is converted in tests of its own."""
    with pytest.raises(LeadError, match="made_up takes all of I, II, V1 together"):
        models("convert", tmp_path / "w.pth", "--as", "made_up", "--out", tmp_path / "c", "--leads", "I,v1")
