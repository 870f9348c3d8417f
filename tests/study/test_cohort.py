"""The cohort stage of a run compares the signals that the store holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from einthoven.cohort.audit import AuditCheck, read_audit
from einthoven.cohort.flow import read_flow
from einthoven.errors import LeakageError
from einthoven.progress import no_progress
from einthoven.study.cohort import signal_access, split_file_hash
from einthoven.study.run import Run
from einthoven.study.settings import load_study
from fakes.distinct_ecgs import distinct_ecg
from fakes.hospital_export import mark_as_simulated

STUDY = """
version = 1
[data.made]
source = "arrays"
path = "."
signals = "signals.npy"
table = "table.csv"
axes = "record,lead,sample"
rate_hz = 250
unit = "mV"
leads = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"]
columns = { record_id = "record", patient_id = "patient", AF = "af" }
[cohort]
labels = ["AF"]
split = { method = "given", file = "FILE" }
[input.ingest]
leads = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"]
[store]
workers = 1
"""


@pytest.fixture
def study(tmp_path):
    """Return a study of 24 patients, of whom the last is the first, upside down and in other units."""
    signals = np.stack([distinct_ecg(number) for number in range(24)])
    signals[23] = -2 * signals[0]
    np.save(tmp_path / "signals.npy", signals)
    rows = [f"{number},p{number},{number // 3 % 2}" for number in range(24)]
    (tmp_path / "table.csv").write_text("record,patient,af\n" + "\n".join(rows) + "\n")
    names = ("train", "validation", "test")
    given = [f"p{number},{names[number % 3]}" for number in range(24)]
    (tmp_path / "split.csv").write_text("patient_id,split\n" + "\n".join(given) + "\n")
    (tmp_path / "study.toml").write_text(STUDY.replace("FILE", str(tmp_path / "split.csv")))
    return load_study(tmp_path / "study.toml")


def run(study, out: Path, *, near_duplicates: str = "report") -> Run:
    """Return a run that trains nothing."""
    cohort = replace(study.cohort, near_duplicates=near_duplicates)
    return Run(study.model_copy(update={"cohort": cohort}), out, lambda _: no_progress)


def found(out: Path) -> AuditCheck | None:
    """Return what the audit of a run says of recordings under two ids."""
    checks = read_audit(out / "stages" / "cohort" / "audit.json")
    return next((check for check in checks if check.name == "one recording under two record ids"), None)


def test_copy_of_an_ecg_in_another_split_is_in_the_audit(study, tmp_path):
    """Ids are those of the study."""
    assert run(study, tmp_path / "run").cohort.table.num_rows == 24
    check = found(tmp_path / "run")
    assert check.found == 1
    assert check.rows[0][:3] == ("made:0", "made:23", "across splits")


def test_copy_is_refused_or_not_looked_for_as_the_study_says(study, tmp_path):
    """Both before anything is trained."""
    with pytest.raises(LeakageError, match=r"made:0 and made:23 \(across splits\)"):
        _ = run(study, tmp_path / "refused", near_duplicates="refuse").cohort
    _ = run(study, tmp_path / "off", near_duplicates="off").cohort
    assert found(tmp_path / "off") is None


def test_signals_of_a_store_are_read_by_id(study, tmp_path):
    """In the unit of the store."""
    with run(study, tmp_path / "run").store as store:
        access = signal_access(store, no_progress)
        assert access.rate_hz == 250
        ratio = access.read("made:23") / np.where(access.read("made:0") == 0, np.nan, access.read("made:0"))
    assert np.nanmedian(ratio) == pytest.approx(-2, rel=1e-3)


def test_who_is_tested_leaves_training_under_the_other_id(study, tmp_path):
    """The copy is in test, so the first patient leaves training; the flow counts it and the audit finds no more."""
    made = run(study, tmp_path / "run", near_duplicates="drop")
    assert set(made.cohort.table["record_id"].to_pylist()) == {f"made:{number}" for number in range(1, 24)}
    folder = tmp_path / "run" / "stages" / "cohort"
    steps = [(step.label, step.records) for step in read_flow(folder / "flow.json") if step.excluded]
    assert steps == [("of a person who is in another split under another id (one recording in both)", 1)]
    (check,) = [check for check in read_audit(folder / "audit.json") if check.name.startswith("one recording")]
    assert (check.found, check.detail) == (0, "signals of 24 ECGs compared")


def test_another_table_of_splits_is_another_cohort(study, tmp_path):
    """The path alone doesn't tell."""
    before = run(study, tmp_path / "run").cohort
    file = tmp_path / "split.csv"
    old = split_file_hash(str(file))
    file.write_text(file.read_text().replace("p0,train", "p0,test"))
    assert split_file_hash(str(file)) != old
    assert run(study, tmp_path / "run").cohort.hash != before.hash
    assert split_file_hash(str(tmp_path / "nothing.csv")) == ""


def test_a_marker_counts_for_every_kind_of_source_and_makes_the_cohort_anew(study, tmp_path):
    """Also where it turns up after the first run."""
    real = run(study, tmp_path / "run").cohort
    assert (real.simulated, real.notice) == ({}, "")
    mark_as_simulated(tmp_path, hospital="B")
    again = run(study, tmp_path / "run").cohort
    assert set(again.simulated) == {"made"}
    assert again.notice.startswith("Simulated data: whatever")
    assert again.hash != real.hash
