"""Pretrainings of a study: made once, from what may be seen, before the arms that start from them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from einthoven.cohort.cohort import Cohort
from einthoven.errors import SpecificationError, SplitError
from einthoven.evaluation.predictions import Predictions
from einthoven.models.checkpoint import Checkpoint
from einthoven.study.pretraining import pretrain_study
from einthoven.study.run import run_study
from einthoven.study.settings import load_study
from fakes.ptb_xl_folder import make_ptb_xl

pytestmark = pytest.mark.slow

STUDY = """
version = 1
title = "A small study"
seed = 3
[data.small]
source = "ptb_xl"
path = "data"
rate_hz = 500
[data.archive]
source = "ptb_xl"
role = "pretrain"
path = "archive"
rate_hz = 500
labels = ["STTC"]
patient_numbering = "archive"
[cohort]
labels = ["NORM", "MI"]
auxiliary_labels = ["CD"]
split = { method = "patient", fractions = { train = 0.5, validation = 0.25, test = 0.25 } }
duplicates = "drop"
near_duplicates = "drop"
[input.ingest]
rate_hz = 100
[input.view]
window_s = 5
[store]
workers = 1
[pretrain.first]
objectives = { supervised = { loss = { kind = "focal" } } }
architecture = "xresnet1d"
settings = { widths = [8, 8, 8, 8], stem_widths = [8] }
labels = ["NORM", "CD", "STTC"]
minimum_positives = 1
steps = 4
batch_size = 8
[arm.few]
from = "first"
n_labels = 16
epochs = 1
seeds = [1, 2]
early_stopping = "none"
[arm.scratch]
architecture = "xresnet1d"
settings = { widths = [8, 8, 8, 8], stem_widths = [8] }
n_labels = 16
epochs = 1
early_stopping = "none"
[evaluation]
resamples = 20
analyses = ["performance"]
"""
SAME = ("started", "ended", "outputs")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with data, a study file, and its run folder with the pretraining done."""
    folder = tmp_path_factory.mktemp("study")
    make_ptb_xl(folder / "data", n_records=60, rate_hz=500)
    make_ptb_xl(folder / "archive", n_records=90, rate_hz=500)
    (folder / "study.toml").write_text(STUDY)
    (folder / "made").write_text(json.dumps([str(one.folder) for one in made(folder)]))
    return folder


def made(folder: Path, **options):
    """Pretrain."""
    return pretrain_study(load_study(folder / "study.toml"), folder / "run", **options)


def stage(folder: Path, *parts: str) -> dict:
    """Return what a stage says of itself."""
    return json.loads((folder / "run" / "stages").joinpath(*parts, "stage.json").read_text())


def test_the_stage_holds_checkpoint_history_picture_and_model_card(folder):
    """And no arm is trained for it."""
    (where,) = json.loads((folder / "made").read_text())
    assert where == str(folder / "run" / "stages" / "pretrain" / "first" / "1")
    held = {path.name for path in Path(where).iterdir()}
    assert held >= {"checkpoint", "history.csv", "training.svg", "model_card.md", "stage.json"}
    checkpoint = Checkpoint.load(Path(where) / "checkpoint")
    assert checkpoint.labels == ("NORM", "CD", "STTC")
    assert set(checkpoint.pretrained_on) == {"small", "archive"}


def test_a_finished_pretraining_is_not_made_again(folder):
    """Not by the same command, and not for a name that is asked for."""
    before = stage(folder, "pretrain", "first", "1")
    made(folder, names=["first"])
    assert stage(folder, "pretrain", "first", "1") == before
    with pytest.raises(SpecificationError, match="has no pretraining 'frist'; did you mean 'first'"):
        made(folder, names=["frist"])


def test_nobody_who_is_tested_is_pretrained_on_under_another_id(folder):
    """60 of the archive's 90 ECGs are those of the data, under other ids: of these none is left, once or twice."""
    cohort = Cohort.read(folder / "run" / "stages" / "cohort" / "cohort.parquet").table.to_pylist()
    kept = {int(row["record_id"].partition(":")[2]) for row in cohort if row["source"] == "archive"}
    assert kept
    assert kept <= set(range(61, 91))
    assert {row["split"] for row in cohort if row["source"] == "small"} == {"train", "validation", "test"}
    assert {row["split"] for row in cohort if row["source"] == "archive"} <= {"train"}


def test_arms_start_from_it_learn_from_few_labels_and_say_what_was_seen(folder, tmp_path):
    """The pretraining isn't made again; draws of one seed are the same for both arms; the archive isn't scored."""
    before = stage(folder, "pretrain", "first", "1")
    run_study(load_study(folder / "study.toml"), folder / "run")
    assert stage(folder, "pretrain", "first", "1") == before
    drawn = [stage(folder, "train", arm, "1")["inputs"]["drawn"] for arm in ("few", "scratch")]
    assert drawn[0] == drawn[1] != stage(folder, "train", "few", "2")["inputs"]["drawn"]
    checkpoint = Checkpoint.load(folder / "run" / "stages" / "train" / "few" / "1" / "checkpoint")
    assert set(checkpoint.pretrained_on) == {"small", "archive"}
    assert checkpoint.labels == ("NORM", "MI")
    predictions = Predictions.from_file(folder / "run" / "stages" / "predict" / "few" / "1" / "predictions.parquet")
    assert {name.partition(":")[0] for name in predictions.table["record_id"].to_pylist()} == {"small"}
    assert not (folder / "run" / "stages" / "predict" / "few" / "-1").exists()


def test_more_labels_than_there_are_are_refused_before_anything_is_pretrained(folder, tmp_path):
    """A pretraining may take days."""
    text = STUDY.replace("n_labels = 16\nepochs = 1\nearly", "n_labels = 5000\nepochs = 1\nearly")
    (tmp_path / "study.toml").write_text(text)
    paths = {name: str(folder / path) for name, path in (("small", "data"), ("archive", "archive"))}
    with pytest.raises(SplitError, match=r"arm\.scratch, split 'train': 5,000 labelled ECGs are asked for, and there"):
        run_study(load_study(tmp_path / "study.toml", data_paths=paths), tmp_path / "run")
    assert not (tmp_path / "run" / "stages" / "pretrain").exists()


def test_an_archive_without_labels_is_pretrained_on_alone(folder, tmp_path):
    """There is nothing to evaluate, and `einthoven run` says what to do instead."""
    text = STUDY.partition("[cohort]")[0] + "[cohort]\nduplicates = 'drop'\nnear_duplicates = 'drop'\n"
    text += "[input" + STUDY.partition("[input")[2].partition("[arm.few]")[0]
    text = text.replace('labels = ["NORM", "CD", "STTC"]', 'labels = ["STTC"]\ndata = ["archive"]')
    (tmp_path / "study.toml").write_text(text)
    paths = {name: str(folder / path) for name, path in (("small", "data"), ("archive", "archive"))}
    study = load_study(tmp_path / "study.toml", data_paths=paths)
    (one,) = pretrain_study(study, tmp_path / "run")
    assert Checkpoint.load(one.folder / "checkpoint").pretrained_on == ("archive",)
    with pytest.raises(SpecificationError, match=r"nothing to evaluate; `einthoven pretrain` makes its encoders"):
        run_study(study, tmp_path / "run")


def test_two_processes_of_torchrun_make_one_run_folder(folder, tmp_path):
    """The first ingests and makes the cohort; both train, on halves of each batch, to the weights of one process."""
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node=2",
        "--standalone",
        "-m",
        "einthoven",
    ]
    command += ["pretrain", str(folder / "study.toml"), "--out", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("checkpoint:") == 1
    of_two = Checkpoint.load(tmp_path / "run" / "stages" / "pretrain" / "first" / "1" / "checkpoint")
    of_one = Checkpoint.load(folder / "run" / "stages" / "pretrain" / "first" / "1" / "checkpoint")
    assert of_two.labels == of_one.labels
    assert all(torch.isfinite(tensor.float()).all() for tensor in of_two.state.values())
