"""The audit refuses each kind of leak by name and passes a clean cohort."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from einthoven.cohort.audit import audit, read_audit, write_audit
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
    return Cohort.from_columns(columns | changes)


def manifest(hashes: list[str] | None = None) -> pa.Table:
    return pa.table({"record_id": [f"r{i}" for i in range(N)], "signal_hash": hashes or [f"h{i}" for i in range(N)]})


def test_clean_cohort_passes_and_says_what_was_checked(tmp_path):
    """Each check is listed with a count of zero; the list survives its file."""
    checks = audit(cohort(), manifest(), labels=["AF"])
    assert [check.found for check in checks] == [0] * 5
    write_audit(checks, tmp_path / "audit.json")
    assert read_audit(tmp_path / "audit.json") == checks


def test_same_signal_under_two_ids_is_refused():
    """Both ids and the remedy are named."""
    hashes = [f"h{i}" for i in range(N)]
    hashes[7] = hashes[3]
    with pytest.raises(LeakageError, match=r"r3, r7 hold the same samples.*duplicates = 'drop'"):
        audit(cohort(), manifest(hashes), labels=["AF"])


@pytest.mark.parametrize("name", ["site", "folder", "prefix", "position"])
def test_label_that_is_known_without_the_ecg_is_refused(name):
    """A label that follows from site, folder, file name or position in the listing is a leak."""
    label = [float(i < N // 2) for i in range(N)]
    told = {
        "site": {"site": ["A" if y else "B" for y in label]},
        "folder": {"path": [f"{'af' if y else 'sinus'}/{i * 7919 % N:03d}" for i, y in enumerate(label)]},
        "prefix": {"path": [f"{'AF' if y else 'SR'}{i * 7919 % N:03d}" for i, y in enumerate(label)]},
        "position": {},
    }[name]
    with pytest.raises(LeakageError, match="label known from site or file name"):
        audit(cohort(**{"y.AF": label}, **told), manifest(), labels=["AF"])


def test_few_positives_are_not_called_a_leak():
    """With fewer than ten positives a perfect separation is plausible by chance."""
    audit(cohort(**{"y.AF": [float(i < 3) for i in range(N)]}), manifest(), labels=["AF"])


def test_outcome_before_its_ecg_is_refused():
    """A date after its outcome is named."""
    times = [datetime.fromisoformat("2020-01-02")] * N
    outcomes: list[object] = [None] * N
    outcomes[5] = datetime.fromisoformat("2020-01-01")
    with pytest.raises(LeakageError, match=r"ECG recorded after its outcome: 1 found.*r5"):
        audit(cohort(ecg_time=times, outcome_time=outcomes), manifest(), labels=["AF"])


def test_implausible_age_is_reported_and_not_refused():
    """Ages are a matter for a human."""
    checks = audit(cohort(age_years=[300.0] + [50.0] * (N - 1)), manifest(), labels=["AF"])
    assert {check.name: check.found for check in checks}["age below 0 or above 120 years"] == 1
