"""The leak audit: what makes a model look better than it is. It needs the signals' hashes, so it follows ingest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pyarrow as pa

from einthoven.cohort.audit_check import AuditCheck
from einthoven.cohort.audit_dates import (
    after_last_report,
    before_last_contact,
    history_from_the_future,
    outcome_before_ecg,
)
from einthoven.cohort.audit_metadata import OF_MANIFEST, label_in_metadata
from einthoven.cohort.audit_near_duplicates import Recordings, SignalAccess, find_recordings, one_recording_twice
from einthoven.cohort.audit_patients import (
    age_against_time,
    changing_sex,
    implausible_age,
    shared_signals,
    torn_patients,
)
from einthoven.cohort.audit_signals import same_signal
from einthoven.cohort.cohort import Cohort
from einthoven.cohort.settings import NearDuplicates
from einthoven.errors import LeakageError

__all__ = ["AuditCheck", "SignalAccess", "audit", "read_audit", "write_audit"]

VERSION = 2  # version 1 had no tables
WANTED = ("record_id", "patient_id", "signal_hash", *OF_MANIFEST)


def audit(
    cohort: Cohort,
    manifest: pa.Table | None,
    *,
    labels: Sequence[str],
    signals: SignalAccess | None = None,
    near_duplicates: NearDuplicates = "report",
    recordings: Recordings | None = None,
) -> list[AuditCheck]:
    """Return every check with its count; refuse a cohort that leaks.

    Parameters
    ----------
    cohort : Cohort
    manifest : pa.Table, optional
        The store's, with ``record_id`` and ``signal_hash``, and perhaps ``patient_id, length, rate_hz, leads_present``;
        without it signals are not compared.
    labels : sequence of str
        Outcomes that are looked for in the metadata.
    signals : SignalAccess, optional
        Without it recordings that differ in filter, gain or length are not found.
    near_duplicates : ``refuse``, ``report``, ``drop`` or ``off``
        Whether such a recording in two splits is refused, told of, or not looked for; what was dropped for it is no
        longer in the cohort, and the rest is told of. Takes about an hour for a million ECGs.
    recordings : Recordings, optional
        What a search found already.

    Raises
    ------
    LeakageError
        For the first check that fails; its message names an offender and the remedy.
    """
    table = pl.DataFrame(cohort.table)
    held = None
    if manifest is not None:
        held = pl.DataFrame(manifest.select([name for name in WANTED if name in manifest.column_names]))
    checks = [torn_patients(table)]
    if held is not None:
        checks.append(same_signal(table, held))
        if "patient_id" in held.columns:
            checks.append(shared_signals(table, held))
    checks += [
        outcome_before_ecg(table),
        history_from_the_future(table),
        before_last_contact(table),
        after_last_report(table),
        label_in_metadata(table, labels, held),
        implausible_age(table),
        age_against_time(table),
        changing_sex(table),
    ]
    _refuse(checks)
    if signals is not None and near_duplicates != "off":
        # last, for it takes longest
        found = find_recordings(table, signals) if recordings is None else recordings
        checks.append(one_recording_twice(table, found, refuse=near_duplicates == "refuse"))
        _refuse(checks)
    return checks


def _refuse(checks: Sequence[AuditCheck]) -> None:
    refused = next((check for check in checks if check.found and check.refuses), None)
    if refused is not None:
        raise LeakageError(f"{refused.name}: {refused.found:,} found. {refused.detail}")


def write_audit(checks: Sequence[AuditCheck], path: Path) -> None:
    """Write the checks as JSON."""
    document = {"type": "audit", "version": VERSION, "checks": [asdict(check) for check in checks]}
    path.write_text(json.dumps(document, indent=1))


def read_audit(path: Path) -> list[AuditCheck]:
    """Inverse of ``write_audit``."""
    return [_check(**check) for check in json.loads(path.read_text())["checks"]]


def _check(*, columns: Sequence[str] = (), rows: Sequence[Sequence[str]] = (), **others: object) -> AuditCheck:
    return AuditCheck(columns=tuple(columns), rows=tuple(map(tuple, rows)), **others)  # type: ignore[arg-type]
