"""The summary comes back as it was written, and says when a loss didn't fall."""

from __future__ import annotations

import pytest

from einthoven.errors import TrainingError
from einthoven.training.watching.watch_summary import SUMMARY, loss_note, read_summary, write_summary


def _history(losses):
    return [{"step": str(i), "loss": str(loss)} for i, loss in enumerate(losses)]


def test_facts_come_back(tmp_path):
    write_summary(tmp_path, {"steps": 3})
    assert read_summary(tmp_path) == {"type": "einthoven.watching", "version": 1, "steps": 3}


def test_a_run_that_was_not_watched_has_no_facts(tmp_path):
    assert read_summary(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["{", '{"type": "other", "version": 1}', '{"type": "einthoven.watching", "version": 99}']
)
def test_a_damaged_foreign_or_newer_file_is_refused(tmp_path, text):
    (tmp_path / SUMMARY).write_text(text)
    with pytest.raises(TrainingError, match="watching"):
        read_summary(tmp_path)


@pytest.mark.parametrize(
    ("losses", "told"),
    [
        ([1.0 - i / 50 for i in range(40)], False),
        ([1.0] * 40, True),
        ([1.0 + i / 50 for i in range(40)], True),
        ([-1.0 - i / 50 for i in range(40)], False),
        ([1.0] * 10, False),
        ([float("nan")] * 40, False),
    ],
)
def test_a_loss_that_did_not_fall_is_told(losses, told):
    assert bool(loss_note(_history(losses))) == told
