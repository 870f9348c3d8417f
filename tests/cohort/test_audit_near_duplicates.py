"""One recording in two splits is told of or refused; within a split it is told of."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from einthoven.cohort.audit import SignalAccess, audit
from einthoven.cohort.cohort import Cohort
from einthoven.errors import LeakageError
from fakes.distinct_ecgs import distinct_ecg

SIGNALS = {f"r{number}": distinct_ecg(number) for number in range(8)}
NAME = "one recording under two record ids"


def check(copies: dict[str, str], *, splits: str = "train", mode: str = "report", rate_hz: float = 250.0, **changes):
    """Audit eight ECGs of eight patients, of which some hold a part of others; return the check or None."""
    signals = SIGNALS | {name: 2 * SIGNALS[of][:, 300:2000] for name, of in copies.items()}
    columns = {
        "record_id": list(SIGNALS),
        "patient_id": [f"p{number}" for number in range(8)],
        "source": ["s"] * 8,
        "split": [splits] * 8,
    }
    cohort = Cohort.from_frame(pl.DataFrame(columns | changes, strict=False))
    told = []
    access = SignalAccess(rate_hz, signals.__getitem__, lambda done, total: told.append((done, total)))
    manifest = pa.table({"record_id": list(SIGNALS), "signal_hash": list(SIGNALS)})
    checks = audit(cohort, manifest, labels=[], signals=access, near_duplicates=mode)
    assert told == sorted(told)
    return next((found for found in checks if found.name == NAME), None)


SPLITS = ["train", "test"] * 4


def test_clean_cohort_passes():
    """All signals were compared."""
    found = check({}, split=SPLITS, mode="refuse")
    assert found.found == 0
    assert found.detail == "signals of 8 ECGs compared"


def test_piece_of_an_ecg_in_another_split_is_told_or_refused():
    """Both ids, what they agree in, and what to do."""
    found = check({"r5": "r2"}, split=SPLITS)
    assert (found.found, found.refuses) == (1, False)
    assert found.rows[0][:3] == ("r2", "r5", "across splits")
    assert found.rows[0][4:6] == ("1.20 s", "2")
    with pytest.raises(LeakageError, match=r"one recording under two record ids: 1 found.*r2 and r5 \(across splits\)"):
        check({"r5": "r2"}, split=SPLITS, mode="refuse")


def test_copy_within_a_split_is_told_even_where_others_are_refused():
    """It makes no result look better than it is."""
    found = check({"r5": "r2"}, mode="refuse")
    assert (found.found, found.rows[0][2]) == (1, "two patients of one split")
    same = check({"r5": "r2"}, mode="refuse", patient_id=["p"] * 8)
    assert same.rows[0][2] == "one patient"
    assert "0 across splits, 0 two patients of one split, 1 one patient" in same.detail


def test_nothing_is_compared_when_switched_off_or_sampled_too_slowly():
    """A store of 40 Hz holds no QRS to compare."""
    assert check({"r5": "r2"}, mode="off") is None
    assert check({"r5": "r2"}, rate_hz=40.0).detail.startswith("not compared")


def test_ecgs_that_can_not_be_compared_are_counted(monkeypatch):
    """A single lead tells too little."""
    monkeypatch.setitem(SIGNALS, "r7", np.zeros((8, 2500), np.float32))
    assert "1 ECGs have too few leads" in check({}).detail
