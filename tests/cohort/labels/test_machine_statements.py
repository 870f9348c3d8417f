"""The reader of machine statements against 400 statements that were annotated before it was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from einthoven.cohort.labels.machine_statements import (
    read_statement,
    read_statements,
    statement_coverage,
    unread,
)
from einthoven.cohort.labels.presence import Presence
from einthoven.cohort.labels.vocabulary import vocabulary

STATEMENTS = Path(__file__).with_name("statements_400.jsonl")
RIGHT_AT_LEAST = 0.99


def annotated() -> list[tuple[str, dict[str, Presence]]]:
    rows = [json.loads(line) for line in STATEMENTS.read_text(encoding="utf-8").splitlines()]
    presences: tuple[Presence, ...] = ("absent", "uncertain", "present")
    return [(row["text"], {concept: presence for presence in presences for concept in row[presence]}) for row in rows]


def found_in(text: str) -> dict[str, Presence]:
    return {finding.concept: finding.presence for finding in read_statement(text)}


def test_of_the_annotated_statements_99_of_100_are_read_right() -> None:
    closure = vocabulary().closure
    misses = [
        f"{text}: expected {expected}, read {found_in(text)}"
        for text, expected in annotated()
        if read_statements([text]) != closure(expected)
    ]
    assert 1 - len(misses) / len(annotated()) >= RIGHT_AT_LEAST, "\n".join(misses)


def test_every_word_of_the_annotated_statements_is_known() -> None:
    coverage = statement_coverage(text for text, _ in annotated())
    assert coverage.understood / coverage.statements > 0.98, coverage.fragments


@pytest.mark.parametrize(
    ("text", "present", "absent", "uncertain"),
    [
        # comparison
        ("Atrial fibrillation has replaced Sinus rhythm", "atrial_fibrillation", "sinus_rhythm", ""),
        ("Sinus rhythm has been replaced by atrial flutter", "atrial_flutter", "sinus_rhythm", ""),
        ("Atrial fibrillation is now sinus rhythm", "sinus_rhythm", "atrial_fibrillation", ""),
        ("PVCs and PACs are no longer present", "", "premature_ventricular_complex premature_atrial_complex", ""),
        (
            "PACs are no longer present, PVCs are now present",
            "premature_ventricular_complex",
            "premature_atrial_complex",
            "",
        ),
        ("ST no longer depressed in Lateral leads", "", "st_depression", ""),
        ("T wave inversion less evident in Anterior leads", "t_inversion", "", ""),
        ("Previous ECG: atrial flutter", "", "", ""),
        ("Vent. rate has increased BY 23 BPM", "", "", ""),
        ("No significant change was found", "", "", ""),
        # denial
        ("No evidence of acute ischemia or infarction", "", "acute_ischaemia infarction", ""),
        ("Anterior MI ruled out, LBBB", "left_bundle_branch_block", "anterior_infarction", ""),
        ("Sinus rhythm without ectopy", "sinus_rhythm", "premature_complex", ""),
        # doubt
        ("LVH, RBBB?", "left_ventricular_hypertrophy", "", "right_bundle_branch_block"),
        ("Inferior infarct cannot be ruled out", "", "", "inferior_infarction"),
        ("Inferior infarct, possibly acute", "inferior_infarction", "", "acute_infarction"),
        (
            "ST elevation, consider pericarditis, injury, or early repolarization",
            "st_elevation",
            "",
            "pericarditis injury early_repolarization",
        ),
        ("Poor R wave progression, probable normal variant", "poor_r_progression", "", ""),
        ("Probable normal sinus rhythm", "", "", "normal_sinus_rhythm"),
        ("Possible LAE, RBBB", "right_bundle_branch_block", "", "left_atrial_enlargement"),
        ("Probable atrial fibrillation with PVC(s)", "premature_ventricular_complex", "", "atrial_fibrillation"),
        ("Sinus or ectopic atrial rhythm", "", "", "sinus_rhythm atrial_rhythm"),
        (
            "Wide QRS tachycardia, VT versus SVT with aberrancy",
            "wide_qrs_tachycardia",
            "",
            "ventricular_tachycardia supraventricular_tachycardia aberrant_conduction",
        ),
        # places and ages
        ("Old inferior and anterior MI", "inferior_infarction anterior_infarction old_infarction", "", ""),
        ("Abnormal T, consider ischemia, lateral leads", "t_abnormality", "", "lateral_ischaemia"),
        ("Inferior infarct , age undetermined", "inferior_infarction", "", ""),
        ("Septal infarct (cited on or before 12-MAR-2009)", "septal_infarction", "", ""),
        # devices' and people's spelling
        ("AFIB WITH RVR", "atrial_fibrillation rapid_ventricular_response", "", ""),
        (
            "NSR, LAD, IRBBB, NSSTTW changes",
            "normal_sinus_rhythm left_axis_deviation incomplete_right_bundle_branch_block nonspecific_st_t_abnormality",
            "",
            "",
        ),
        ("Atrial fibrilation, left atrial enlargment", "atrial_fibrillation left_atrial_enlargement", "", ""),
        ("Leftventricular hypertr", "left_ventricular_hypertrophy", "", ""),
        ("Anterior infarct, acute (LAD)", "anterior_infarction acute_infarction", "", ""),
        ("Confirmed by Dr. Block (1002) on 3/30/2015", "", "", ""),
        ("", "", "", ""),
        ("120", "", "", ""),
    ],
)
def test_a_statement_says(text: str, present: str, absent: str, uncertain: str) -> None:
    expected: dict[str, Presence] = dict.fromkeys(present.split(), "present")
    expected |= dict.fromkeys(absent.split(), "absent")
    expected |= dict.fromkeys(uncertain.split(), "uncertain")
    assert found_in(text) == expected


def test_present_beats_a_comparison_and_a_comparison_beats_a_doubt() -> None:
    gone = "Criteria for Inferior infarct are no longer present"
    assert read_statements(["Inferior infarct", gone])["inferior_infarction"] == "present"
    assert read_statements([gone, "Possible Inferior infarct"])["inferior_infarction"] == "absent"


def test_a_doubt_beats_a_denial_without_comparison() -> None:
    found = read_statements(["Possible inferior infarct", "No evidence of inferior infarct"])
    assert found["inferior_infarction"] == "uncertain"


def test_a_summary_leaves_what_was_found() -> None:
    found = read_statements(["Left bundle branch block", "Borderline ECG"])
    assert found["left_bundle_branch_block"] == "present"
    assert found["borderline_ecg"] == "present"


def test_what_a_finding_implies_is_present_too() -> None:
    found = read_statements(["Sinus bradycardia with 2nd degree A-V block (Mobitz I)"])
    assert {"sinus_rhythm", "bradycardia", "second_degree_av_block", "av_block"} <= found.keys()


def test_the_place_in_the_text_is_that_of_the_words() -> None:
    text = "Sinus rhythm ,  possible INFERIOR Infarct , age undetermined"
    spans = {finding.concept: text[finding.start : finding.end] for finding in read_statement(text)}
    assert spans["sinus_rhythm"] == "Sinus rhythm"
    assert spans["inferior_infarction"].startswith("INFERIOR Infarct")


def test_unknown_words_are_reported_with_their_number() -> None:
    texts = ["Sinus rhythm with gremlins", "Gremlins", "Sinus rhythm"]
    assert unread(texts) == ["gremlins", "Gremlins"]
    coverage = statement_coverage(texts)
    assert (coverage.statements, coverage.understood) == (3, 1)
    assert coverage.fragments == (("gremlins", 2),)


def test_pieces_of_a_statement_are_read_together() -> None:
    pieces = ["Cannot rule out", "Anterior infarct", ", age undetermined"]
    pieces += ["Atrial fibrillation", "has replaced", "Sinus rhythm"]
    found = read_statements(pieces)
    assert found["anterior_infarction"] == "uncertain"
    assert (found["atrial_fibrillation"], found["sinus_rhythm"]) == ("present", "absent")


def test_a_doubt_at_the_end_of_a_line_is_not_of_the_next_line() -> None:
    found = read_statements(["LVH, possible", "Right bundle branch block", "RAE?", "Abnormal ECG"])
    assert found["left_ventricular_hypertrophy"] == found["right_atrial_enlargement"] == "uncertain"
    assert found["right_bundle_branch_block"] == found["abnormal_ecg"] == "present"


def test_lines_of_one_text_are_statements_of_their_own() -> None:
    lines = [
        "Referred by: Dr Block",
        "Cannot rule out",
        "Septal infarct",
        "Atrial fibrillation",
        "Confirmed by: LBBB, MD",
    ]
    assert found_in("\n".join([*lines, "Abnormal ECG"])) == {
        "septal_infarction": "uncertain",
        "atrial_fibrillation": "present",
        "abnormal_ecg": "present",
    }
