"""The audit refuses a leak by name, passes a clean cohort, and is kept with the run."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from einthoven.cohort.audit import AuditCheck, audit, read_audit, write_audit
from einthoven.cohort.cohort import Cohort
from einthoven.errors import LeakageError

N = 200


def cohort(**changes: list[object]) -> Cohort:
    generator = np.random.default_rng(0)
    columns: dict[str, list[object]] = {
        "record_id": [f"r{i}" for i in range(N)],
        "patient_id": [f"p{i}" for i in range(N)],
        "source": ["s"] * N,
        "site": [["A", "B"][i] for i in generator.integers(0, 2, N)],
        "path": [f"records/{i:03d}" for i in range(N)],
        "split": ["train" if i % 2 else "test" for i in range(N)],
        "y.AF": list(generator.integers(0, 2, N).astype(float)),
    }
    return Cohort.from_frame(pl.DataFrame(columns | changes, strict=False))


def manifest(hashes: list[str] | None = None) -> pa.Table:
    return pa.table({"record_id": [f"r{i}" for i in range(N)], "signal_hash": hashes or [f"h{i}" for i in range(N)]})


def test_clean_cohort_passes_and_says_what_was_checked(tmp_path):
    """Each check is listed with a count of zero; the list survives its file."""
    checks = audit(cohort(), manifest(), labels=["AF"])
    assert len(checks) == 10
    assert not any(check.found for check in checks)
    assert checks[-4].rows[0][0] == "AF"
    write_audit(checks, tmp_path / "audit.json")
    assert read_audit(tmp_path / "audit.json") == checks


def test_same_signal_under_two_ids_is_refused():
    """Both ids and the remedy are named."""
    hashes = [f"h{i}" for i in range(N)]
    hashes[7] = hashes[3]
    with pytest.raises(LeakageError, match=r"r3, r7 hold the same samples.*duplicates = 'drop'"):
        audit(cohort(), manifest(hashes), labels=["AF"])


def test_first_refusal_is_raised_and_what_is_only_told_is_not():
    """Ages are a matter for a human; a label before its ECG is not."""
    odd: dict[str, list[object]] = {"age_years": [300.0] + [50.0] * (N - 1)}
    checks = audit(cohort(**odd), manifest(), labels=["AF"])
    assert {check.name: check.found for check in checks}["age below 0 or above 120 years"] == 1
    times = [datetime.fromisoformat("2020-01-02")] * N
    outcomes: list[object] = [None] * N
    outcomes[5] = datetime.fromisoformat("2020-01-01")
    with pytest.raises(LeakageError, match=r"ECG recorded after its outcome: 1 found.*r5"):
        audit(cohort(ecg_time=times, outcome_time=outcomes, **odd), manifest(), labels=["AF"])


def test_cohort_without_a_store_is_audited_but_for_its_signals():
    """`einthoven cohort` reads tables alone."""
    names = [check.name for check in audit(cohort(), None, labels=["AF"])]
    assert "one patient in two splits" in names
    assert not any("signal" in name for name in names)


def test_audit_of_an_older_version_is_read(tmp_path):
    """Reports of earlier runs can be made again."""
    old = {"checks": [{"name": "one patient in two splits", "found": 0, "detail": "patients of 7 ECGs checked"}]}
    (tmp_path / "audit.json").write_text(json.dumps(old))
    assert read_audit(tmp_path / "audit.json") == [AuditCheck(**old["checks"][0])]
