"""The cohort of the recalibration study from its ``[cohort]`` table alone, against its design in plain Python.

Two made-up hospitals whose truth is known: which ECG belongs to which echo, what was measured, and what was known when.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from einthoven.study.cohort import load_sources, make_cohort
from einthoven.study.settings import load_study
from fakes.hospital_export import write_hospital_export

STUDY = Path(__file__).resolve().parents[2] / "examples" / "deepecg" / "study.toml"
WINDOW, GAP = timedelta(days=14), timedelta(hours=24)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Return the truth of both hospitals, the cohort's rows by hospital, and the folder of files."""
    folder = tmp_path_factory.mktemp("deepecg")
    truth = {
        name: write_hospital_export(folder / name, seed=seed, n_patients=count)
        for name, seed, count in (("A", 11, 260), ("B", 12, 120))
    }
    settings = load_study(STUDY, data_paths={name: str(folder / name) for name in truth})
    out = folder / "cohort"
    out.mkdir()
    made = make_cohort(settings, load_sources(settings, lambda _: None), None, out)
    table = pl.DataFrame(made.built.cohort.table)
    rows = {name: table.filter(pl.col("source") == name).to_dicts() for name in truth}
    return truth, rows, out


def expected_pairs(truth):
    """Each echo with a measured LVEF and the nearest ECG within 14 days, the earlier one of two equally near."""
    pairs = []
    for echo in truth.reports.to_dicts():
        if echo["lvef"] is None:
            continue
        near = []
        for ecg in truth.ecgs.to_dicts():
            day = ecg["ecg_time"].replace(hour=0, minute=0, second=0, microsecond=0)
            if ecg["patient_id"] == echo["patient_id"] and abs(day - echo["outcome_time"]) <= WINDOW:
                near.append((abs(day - echo["outcome_time"]), day > echo["outcome_time"], ecg["ecg_time"], ecg))
        if near:
            ecg = min(near, key=lambda entry: entry[:3])[3]
            pairs.append({**echo, "record_id": ecg["record_id"], "ecg_time": ecg["ecg_time"]})
    return sorted(pairs, key=lambda pair: (pair["ecg_time"], pair["outcome_time"], pair["outcome_id"]))


def own_id(identifier):
    return identifier.partition(":")[2]


def paired(rows):
    return {(own_id(row["record_id"]), own_id(row["outcome_id"])): row for row in rows if row["pair"] != "none"}


@pytest.mark.parametrize("hospital", ["A", "B"])
def test_every_echo_finds_its_nearest_ecg_and_the_first_pair_is_the_baseline(study, hospital):
    """Pairs, their kind, and the outcome by the value that has priority in the report."""
    truth, rows, _ = study
    expected = expected_pairs(truth[hospital])
    found = paired(rows[hospital])
    assert set(found) == {(pair["record_id"], pair["outcome_id"]) for pair in expected}
    first: dict[str, dict] = {}
    for pair in expected:
        row, baseline = found[pair["record_id"], pair["outcome_id"]], first.setdefault(pair["patient_id"], pair)
        is_later = pair["ecg_time"] > baseline["ecg_time"] and pair["outcome_id"] != baseline["outcome_id"]
        assert row["pair"] == ("followup" if is_later else "baseline")
        straddles = pair["low"] <= 40 < pair["high"]
        assert row["y.lvsd"] == (None if straddles else float(pair["lvef"] <= 40))
        assert row["u.lvsd"] == straddles


@pytest.mark.parametrize("hospital", ["A", "B"])
def test_the_history_is_every_earlier_pair_that_was_known_a_day_before(study, hospital):
    """An echo has no hour here, so it counts from the end of its day; and its own truth is never history."""
    truth, rows, _ = study
    expected = expected_pairs(truth[hospital])
    found = paired(rows[hospital])
    n_entries = 0
    for pair in expected:
        bound = pair["ecg_time"] - GAP
        known = [
            (earlier["ecg_time"], earlier["outcome_time"], earlier)
            for earlier in expected
            if earlier["patient_id"] == pair["patient_id"]
            and earlier["ecg_time"] <= bound
            and earlier["outcome_time"] + DAY <= bound
            and abs(earlier["outcome_time"] - pair["outcome_time"]) >= DAY
        ]
        known.sort(key=lambda entry: entry[:2], reverse=True)
        history = found[pair["record_id"], pair["outcome_id"]]["history"] or []
        assert [own_id(entry["record_id"]) for entry in history] == [entry[2]["record_id"] for entry in known]
        assert [entry["outcome"] for entry in history] == [entry[2]["lvef"] for entry in known]
        n_entries += len(history)
    assert n_entries > 20


def test_who_has_no_pair_is_kept_and_everybody_of_a_patient_shares_a_split(study):
    """A is dealt out 8:1:1 among patients with a pair and among those without; B is external."""
    truth, rows, _ = study
    assert {own_id(row["record_id"]) for row in rows["A"]} == set(truth["A"].ecgs["record_id"])
    assert {row["split"] for row in rows["B"]} == {"external"}
    split_of = {row["patient_id"]: row["split"] for row in rows["A"]}
    assert all(split_of[row["patient_id"]] == row["split"] for row in rows["A"])
    with_pair = {row["patient_id"] for row in rows["A"] if row["pair"] != "none"}
    for patients in (with_pair, set(split_of) - with_pair):
        share = sum(split_of[patient] == "train" for patient in patients) / len(patients)
        assert share == pytest.approx(0.8, abs=2.5 / len(patients) + 0.02)


def test_groups_labels_and_missing_sex_are_as_the_tables_say(study):
    """Age by the birth date, blocks by the statements, sex unknown for some and in no group of sex."""
    truth, rows, _ = study
    ages = {row["record_id"]: row["age_years"] for row in truth["A"].ecgs.to_dicts()}
    sexes = {row["record_id"]: row["sex"] for row in truth["A"].ecgs.to_dicts()}
    for row in rows["A"]:
        record = own_id(row["record_id"])
        assert row["age_years"] == pytest.approx(ages[record], abs=0.02)
        assert row["group.age"] == ("<= 70" if row["age_years"] <= 70 else "> 70")
        assert row["sex"] == sexes[record]
        assert row["group.lbbb"] == ("yes" if row["y.left_bundle_branch_block"] == 1 else "no")
        assert row["group.qrs_above_140"] == ("yes" if row["y.qrs_above_140"] == 1 else "no")
    assert "U" in sexes.values()
    assert len([name for name in rows["A"][0] if name.startswith("y.")]) == 46 + 1


def test_comorbidities_are_those_coded_before_the_ecg(study):
    """Hypertension by I10, at the ECG's date."""
    truth, rows, _ = study
    codes = truth["A"].diagnoses.to_dicts()
    times = {row["record_id"]: (row["patient_id"], row["ecg_time"]) for row in truth["A"].ecgs.to_dicts()}
    for row in rows["A"]:
        patient, time = times[own_id(row["record_id"])]
        known = any(
            code["patient_id"] == patient and code["code"].startswith("I10") and code["diagnosis_time"] <= time
            for code in codes
        )
        assert row["group.hypertension"] == ("yes" if known else "no")


def test_the_folder_tells_the_flow_what_was_dropped_and_what_each_report_was_read_as(study):
    """For a person who wants to check."""
    truth, rows, out = study
    summary = json.loads((out / "cohort.json").read_text())
    assert [part["split"] for part in summary["splits"]] == ["train", "validation", "test", "external"]
    assert summary["splits"][3]["baseline"] == sum(row["pair"] == "baseline" for row in rows["B"])
    dropped = pl.read_csv(out / "dropped.csv", infer_schema=False)
    assert "unknown" in dropped["value"].to_list()  # the time that nobody can read
    findings = pl.read_parquet(out / "report_findings.parquet")
    assert set(findings["source"]) == {"A", "B"}
    assert {"quantity", "value", "method", "start", "end"} <= set(findings.columns)
    steps = json.loads((out / "flow.json").read_text())["steps"]
    pairs = {step["source"]: step["records"] for step in steps if step["label"] == "pairs of ECG and report"}
    assert pairs == {name: len(expected_pairs(truth[name])) for name in truth}
