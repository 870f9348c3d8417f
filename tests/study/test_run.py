"""A study runs from files to a report, does nothing twice, and does again only what changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from einthoven.cohort.cohort import Cohort
from einthoven.errors import SpecificationError, SplitError
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.ledger import read_ledger
from einthoven.evaluation.predictions import Predictions
from einthoven.report.html import render
from einthoven.study.run import run_study
from einthoven.study.run_folder import run_lock
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
[cohort]
labels = ["NORM", "MI"]
auxiliary_labels = ["CD"]
split = { method = "patient", fractions = { train = 0.5, validation = 0.25, test = 0.25 } }
[input.ingest]
rate_hz = 100
[input.view]
window_s = 5
[store]
workers = 1
[arm.main]
architecture = "xresnet1d"
settings = { widths = [8, 8, 8, 8], stem_widths = [8] }
auxiliary_labels = ["CD"]
epochs = 1
seeds = [1, 2]
[evaluation]
resamples = 20
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with data, a study file and its finished run."""
    folder = tmp_path_factory.mktemp("study")
    make_ptb_xl(folder / "data", n_records=100, rate_hz=500)
    (folder / "data" / "records500" / "00000" / "00010_hr.dat").unlink()
    (folder / "study.toml").write_text(STUDY)
    run_study(load_study(folder / "study.toml"), folder / "run")
    # one of the tests evaluates again, and tests run in any order
    shutil.copytree(folder / "run" / "stages" / "evaluate", folder / "first_evaluation")
    return folder


def modified(folder) -> dict[str, int]:
    """When each artefact was last written."""
    files = [path for path in (folder / "run" / "stages").rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in files}


def test_run_folder_holds_every_stage_and_the_report(folder):
    """Report, evaluation, predictions per seed and averaged, flow with the rejected file."""
    run = folder / "run"
    assert "A small study" in (run / "report" / "report.html").read_text()
    evaluation = Evaluation.load(run / "stages" / "evaluate")
    assert {row.seed for row in evaluation.results} >= {-1}
    assert {row.label for row in evaluation.results} == {"NORM", "MI", "macro"}
    flow = json.loads((run / "stages" / "cohort" / "flow.json").read_text())["steps"]
    rejected = {"label": "rejected at ingest (see rejected files)", "records": 1, "patients": 1, "excluded": True}
    assert rejected | {"counted": "ECGs", "source": ""} in flow


def test_average_of_the_seeds_is_their_mean(folder):
    """Seed -1 is the ensemble."""
    tables = [
        Predictions.from_file(folder / "run" / "stages" / "predict" / "main" / seed / "predictions.parquet").table
        for seed in ("1", "2", "-1")
    ]
    first, second, mean = (table["score"].to_numpy() for table in tables)
    assert mean == pytest.approx((first + second) / 2)
    assert set(tables[2]["seed"].to_pylist()) == {-1}


def test_the_protocol_is_registered_before_training_and_the_opening_is_counted(folder):
    """One line each, in this order; what the report says of it is in the evaluation."""
    first, second = read_ledger(folder / "run" / "ledger.jsonl")[:2]
    assert [entry["entry"] for entry in (first, second)] == ["registered", "opened"]
    assert first["protocol_hash"] == second["protocol_hash"]
    evaluation = Evaluation.load(folder / "first_evaluation")
    assert [entry["entry"] for entry in evaluation.openings] == ["registered", "opened"]


def test_same_study_again_does_nothing(folder):
    """No stage is written a second time."""
    before = modified(folder)
    run_study(load_study(folder / "study.toml"), folder / "run")
    assert modified(folder) == before


def test_other_protocol_evaluates_again_and_trains_nothing(folder):
    """Only the stages whose inputs changed are done again."""
    before = modified(folder)
    (folder / "study.toml").write_text(STUDY.replace("resamples = 20", "resamples = 21"))
    run_study(load_study(folder / "study.toml"), folder / "run")
    changed = {path for path, when in modified(folder).items() if before.get(path) != when}
    assert changed
    assert all(path.startswith("run/stages/evaluate/") for path in changed)


def test_label_without_positives_in_validation_is_refused(folder, tmp_path):
    """The message names label, split and remedy before anything is trained."""
    study = STUDY.replace("train = 0.5, validation = 0.25", "train = 0.74, validation = 0.01")
    (folder / "one.toml").write_text(study)
    with pytest.raises(SplitError, match=r"has no positive|is empty"):
        run_study(load_study(folder / "one.toml"), tmp_path / "run")
    assert not (tmp_path / "run" / "stages" / "train").exists()


def test_folder_of_something_else_is_not_overwritten(folder, tmp_path):
    """A run never writes into a folder that isn't a run."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SpecificationError, match="not empty and no run folder"):
        run_study(load_study(folder / "study.toml"), tmp_path)


def test_other_preparation_is_ingested_anew(folder, tmp_path):
    """A changed filter makes another store beside the first; nothing stale is read."""
    (folder / "slow.toml").write_text(STUDY.replace("rate_hz = 100\n[input.view]", "rate_hz = 125\n[input.view]"))
    (tmp_path / "data").symlink_to(folder / "data")
    for name in ("study.toml", "slow.toml"):
        (tmp_path / name).write_text((folder / name).read_text().replace("seeds = [1, 2]", "seeds = [1]"))
        run_study(load_study(tmp_path / name), tmp_path / "run")
    assert len(list((tmp_path / "run" / "stores").iterdir())) == 2
    checkpoint = json.loads((tmp_path / "run/stages/train/main/1/checkpoint/checkpoint.json").read_text())
    assert checkpoint["input"]["ingest"]["rate_hz"] == 125


def small(folder, where, *, name: str = "study.toml") -> Path:
    """Write a study of one seed beside the shared data."""
    (where / "data").symlink_to(folder / "data")
    (where / name).write_text(STUDY.replace("seeds = [1, 2]", "seeds = [1]"))
    return where / name


def test_signals_replaced_in_place_are_trained_on_anew(folder, tmp_path):
    """Other samples under the same names are other data."""
    shutil.copytree(folder / "data", tmp_path / "data")
    (tmp_path / "study.toml").write_text(STUDY.replace("seeds = [1, 2]", "seeds = [1]"))
    run = run_study(load_study(tmp_path / "study.toml"), tmp_path / "run").parent.parent
    weights = run / "stages" / "train" / "main" / "1" / "checkpoint" / "model.safetensors"
    before = weights.read_bytes()
    make_ptb_xl(tmp_path / "data", n_records=100, rate_hz=500, seed=9)
    run_study(load_study(tmp_path / "study.toml"), tmp_path / "run")
    assert weights.read_bytes() != before


def test_development_data_that_become_external_are_never_scored_by_the_old_networks(tmp_path):
    """A changed role makes another cohort, and with it other networks."""
    make_ptb_xl(tmp_path / "data", n_records=100, rate_hz=100)
    make_ptb_xl(tmp_path / "other", n_records=50, rate_hz=100, seed=5)
    second = '[data.other]\nsource = "ptb_xl"\npath = "other"\n'
    study = STUDY.replace("[cohort]", second + "[cohort]").replace("seeds = [1, 2]", "seeds = [1]")
    for text in (study, study.replace('path = "other"', 'path = "other"\nrole = "external"')):
        (tmp_path / "study.toml").write_text(text)
        run_study(load_study(tmp_path / "study.toml"), tmp_path / "run")
    cohort = Cohort.read(tmp_path / "run" / "stages" / "cohort" / "cohort.parquet").table.to_pylist()
    assert {row["split"] for row in cohort if row["source"] == "other"} == {"external"}
    checkpoint = json.loads((tmp_path / "run/stages/train/main/1/checkpoint/checkpoint.json").read_text())
    assert checkpoint["pretrained_on"] == ["small"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ('outcomes = ["NORMM"]', "did you mean 'NORM'"),
        ('subgroups = ["group.sx"]', "did you mean 'group.sex'"),
        ('subgroups = ["site x group.sx"]', "did you mean 'group.sex'"),
        ('restrictions = ["covariate.age_year > 65"]', "did you mean 'covariate.age_years'"),
        ('verification = ["score", "group.sx"]', "did you mean 'group.sex'"),
        ('comparator = ["covariate.age"]', "did you mean 'covariate.age_years'"),
    ],
)
def test_unknown_outcome_or_column_is_refused_before_anything_is_written(folder, tmp_path, asked, message):
    """Nobody waits for a training to learn of a typing error."""
    file = small(folder, tmp_path)
    file.write_text(file.read_text().replace("resamples = 20", f"resamples = 20\n{asked}"))
    with pytest.raises(SpecificationError, match=message):
        run_study(load_study(file), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_arms_without_an_outcome_are_refused(folder, tmp_path):
    """A cohort without outcomes serves pretraining alone; the message says what an outcome looks like."""
    file = small(folder, tmp_path)
    file.write_text(file.read_text().replace('labels = ["NORM", "MI"]', "labels = []").replace('"CD"', ""))
    with pytest.raises(SpecificationError, match="lvef <= 40"):
        load_study(file)


def test_two_processes_do_not_share_a_run_folder(folder, tmp_path):
    """The second is told, and touches nothing."""
    file = small(folder, tmp_path)
    (tmp_path / "run").mkdir()
    with run_lock(tmp_path / "run"), pytest.raises(SpecificationError, match="another process is working in"):
        run_study(load_study(file), tmp_path / "run")


def test_moved_run_folder_still_finds_its_signals(folder, tmp_path):
    """Paths inside the run folder are kept relative to it."""
    run_study(load_study(small(folder, tmp_path)), tmp_path / "run")
    (tmp_path / "run").rename(tmp_path / "moved")
    assert "<svg" in render(tmp_path / "moved").read_text().split("Example ECGs")[-1]
