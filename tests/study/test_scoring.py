"""Scores of files come the same way as in training; checkpoints that don't belong together are refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow.csv as pa_csv
import pytest
import torch

from einthoven.ecg.formats import RecordLocation, locate
from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import CheckpointError, SpecificationError, UnreadableFileError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.progress import no_progress
from einthoven.study.scoring import score_files
from fakes.ptb_xl_folder import make_ptb_xl

SETTINGS = {"widths": [8, 8, 8, 8], "stem_widths": [8]}


def checkpoint(seed: int, *, labels: tuple[str, ...] = ("AF", "MI"), spec: InputSpec | None = None) -> Checkpoint:
    torch.manual_seed(seed)
    network = build("xresnet1d", n_leads=12, n_labels=len(labels), **SETTINGS)
    return Checkpoint("xresnet1d", SETTINGS, spec or InputSpec(), labels, "binary", network.state_dict())


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
    spec = InputSpec()
    slow = dataclasses.replace(spec, ingest=dataclasses.replace(spec.ingest, rate_hz=100.0))
    with pytest.raises(CheckpointError, match="needs other preparation"):
        score(locations, [first, checkpoint(2, spec=slow).save(tmp_path / "slow")])


def test_nothing_readable_is_an_error_with_the_first_reason(locations, tmp_path):
    """A folder of broken files doesn't end in an empty table."""
    with pytest.raises(UnreadableFileError, match=r"none of 1 ECGs could be scored; the first: .*gone"):
        score(locations[-1:], [checkpoint(1).save(tmp_path / "c")])
