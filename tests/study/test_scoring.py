"""Scores of files come the same way as in training; checkpoints that don't belong together are refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow.csv as pa_csv
import pytest
import torch

from einthoven.ecg.formats import RecordLocation, locate
from einthoven.ecg.input_spec import IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.errors import CheckpointError, SpecificationError, UnreadableFileError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.head_settings import HeadSettings
from einthoven.progress import no_progress
from einthoven.study.scoring import check_output, score_files
from fakes.ptb_xl_folder import make_ptb_xl
from fakes.wfdb_files import fake_digital, write_wfdb

SETTINGS = {"widths": [8, 8, 8, 8], "stem_widths": [8]}


def checkpoint(
    seed: int, *, labels: tuple[str, ...] = ("AF", "MI"), spec: InputSpec | None = None, **head_settings
) -> Checkpoint:
    torch.manual_seed(seed)
    head = HeadSettings(**head_settings)
    network = build("xresnet1d", n_leads=12, n_labels=len(labels), head=head, **SETTINGS)
    return Checkpoint("xresnet1d", SETTINGS, spec or InputSpec(), labels, network.state_dict(), head=head)


@pytest.fixture
def locations(tmp_path):
    """Return three readable ECGs and one that is missing."""
    make_ptb_xl(tmp_path / "data", n_records=3)
    found = locate(tmp_path / "data" / "records500")
    return [*found, RecordLocation("gone", str(tmp_path / "gone"), "wfdb")]


def score(locations, folders, **options):
    return score_files(locations, folders, announce=lambda _: no_progress, **options)


def test_ensemble_is_the_mean_of_its_members(locations, tmp_path):
    """Two checkpoints score as the average of each alone; the missing file is reported."""
    folders = [checkpoint(seed).save(tmp_path / str(seed)) for seed in (1, 2)]
    alone = [score(locations, [folder]).scores for folder in folders]
    together = score(locations, folders)
    assert together.scores == pytest.approx((alone[0] + alone[1]) / 2)
    assert together.rejected[0][0].endswith("gone")
    assert len(together.record_ids) == 3


def test_scores_are_written_by_the_name_of_the_file(locations, tmp_path):
    """CSV and Parquet hold the same; another ending is refused."""
    scores = score(locations, [checkpoint(1).save(tmp_path / "c")])
    scores.write(tmp_path / "out" / "scores.csv")
    table = pa_csv.read_csv(tmp_path / "out" / "scores.csv")
    assert table.column_names == ["record_id", "patient_id", "score.AF", "score.MI"]
    assert np.array(table["score.MI"]) == pytest.approx(scores.scores[:, 1])
    with pytest.raises(SpecificationError, match=r"\.csv or \.parquet, got 'scores\.txt'"):
        scores.write(tmp_path / "scores.txt")


def test_checkpoints_of_other_labels_or_preparation_are_refused(locations, tmp_path):
    """Averages of different things are no scores."""
    first = checkpoint(1).save(tmp_path / "first")
    other_labels = checkpoint(2, labels=("AF", "VT")).save(tmp_path / "labels")
    with pytest.raises(CheckpointError, match="scores"):
        score(locations, [first, other_labels])
    other_task = checkpoint(2, task="multiclass").save(tmp_path / "task")
    with pytest.raises(CheckpointError, match=r"task is for the task 'multiclass', .*first for 'binary'"):
        score(locations, [first, other_task])
    spec = InputSpec()
    slow = dataclasses.replace(spec, ingest=dataclasses.replace(spec.ingest, rate_hz=100.0))
    with pytest.raises(CheckpointError, match="needs other preparation"):
        score(locations, [first, checkpoint(2, spec=slow).save(tmp_path / "slow")])


def test_models_that_ecgs_alone_cannot_score_are_refused_before_any_ecg_is_prepared(tmp_path):
    nowhere = [RecordLocation("gone", str(tmp_path / "gone"), "wfdb")]
    encoder = checkpoint(1, labels=()).save(tmp_path / "encoder")
    asking = checkpoint(1, covariates=("age_years", "sex"), n_covariates=2).save(tmp_path / "asking")
    with pytest.raises(CheckpointError, match="encoder is an encoder without labels"):
        score(nowhere, [encoder])
    with pytest.raises(CheckpointError, match=r"asking reads 2 numbers beside each ECG \(age_years, sex\)"):
        score(nowhere, [asking])


def test_nothing_readable_is_an_error_with_the_first_reason(locations, tmp_path):
    """A folder of broken files doesn't end in an empty table."""
    with pytest.raises(UnreadableFileError, match=r"none of 1 ECGs could be scored; the first: .*gone"):
        score(locations[-1:], [checkpoint(1).save(tmp_path / "c")])


def test_an_output_that_cannot_be_written_is_refused_early(tmp_path):
    """By its ending, or because it is a folder."""
    check_output(tmp_path / "scores.parquet")
    with pytest.raises(SpecificationError, match=r"\.csv or \.parquet, got 'scores\.xlsx'"):
        check_output(tmp_path / "scores.xlsx")
    (tmp_path / "scores.csv").mkdir()
    with pytest.raises(SpecificationError, match=r"scores\.csv is a folder"):
        check_output(tmp_path / "scores.csv")


def short_record(folder):
    """Write 3 s of ECG."""
    return locate(write_wfdb(folder, "short", digital=fake_digital(12, 1500)))


def test_records_shorter_than_the_window_are_named_and_the_others_scored(locations, tmp_path):
    """Scores of the others are those without the short one in between; the widest window of an ensemble counts."""
    together = [locations[0], *short_record(tmp_path), *locations[1:]]
    narrow = InputSpec(view=ViewSpec(window_s=2.0))
    folders = [checkpoint(1).save(tmp_path / "9s"), checkpoint(2, spec=narrow).save(tmp_path / "2s")]
    scores = score(together, folders)
    assert scores.record_ids == ["00001_hr", "00002_hr", "00003_hr"]
    assert scores.scores == pytest.approx(score(locations, folders).scores)
    path, reason = scores.rejected[-1]
    assert "short" in path
    assert reason == "record short lasts 3 s, less than the model's window of 9 s"
    assert len(scores.rejected) == 2  # the missing file, too


def test_a_model_that_pads_scores_short_records(tmp_path):
    """Only windows that refuse short records count."""
    padding = InputSpec(view=ViewSpec(short="pad_zero"))
    scores = score(short_record(tmp_path), [checkpoint(1, spec=padding).save(tmp_path / "c")])
    assert (scores.record_ids, scores.rejected) == (["short"], [])


def test_only_short_records_are_an_error(tmp_path):
    """Which says of the first what is wrong."""
    with pytest.raises(UnreadableFileError, match=r"none of 1 ECGs could be scored; the first: record short lasts 3 s"):
        score(short_record(tmp_path), [checkpoint(1).save(tmp_path / "c")])


@pytest.mark.parametrize("scope", ["lead", "record", "dataset"])
def test_millivolts_are_not_scaled_by_numbers_without_unit(locations, tmp_path, scope):
    """A normalisation that measures each record takes any unit; fixed values don't."""
    scaling = NormaliseSpec("zscore", scope, mean=(0.0,), std=(1000.0,))
    spec = InputSpec(IngestSpec(unit="arbitrary"), ViewSpec(normalise=scaling))
    folder = checkpoint(1, spec=spec).save(tmp_path / "model")
    if scope != "dataset":
        assert len(score(locations, [folder]).record_ids) == 3
        return
    with pytest.raises(SpecificationError, match=r"model scales .* 3 ECGs are in mV, first 00001_hr: .*scope 'lead'"):
        score(locations, [folder])


def test_records_without_unit_pass_where_values_are_fixed(tmp_path):
    """The kind of record that the model was trained on."""
    np.save(tmp_path / "ecgs.npy", np.random.default_rng(0).normal(size=(2, 2500, 12)).astype(np.float32))
    layout = {"axes": "record,sample,lead", "rate_hz": 250, "unit": "arbitrary", "leads": list(IngestSpec().leads)}
    found = locate(tmp_path / "ecgs.npy", format="array", options=layout)
    scaling = NormaliseSpec("zscore", "dataset", mean=(0.0,), std=(1.0,))
    spec = InputSpec(IngestSpec(unit="arbitrary"), ViewSpec(normalise=scaling))
    assert len(score(found, [checkpoint(1, spec=spec).save(tmp_path / "model")]).record_ids) == 2
