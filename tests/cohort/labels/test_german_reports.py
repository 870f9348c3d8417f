"""Free-text reports; all sentences are made up."""

from __future__ import annotations

import pytest

from einthoven.cohort.labels.german_report_rules import report_rules
from einthoven.cohort.labels.german_reports import read_german_report, stated_in_german_report
from einthoven.cohort.labels.vocabulary import vocabulary

PRESENT, UNCERTAIN, ABSENT = "present", "uncertain", "absent"


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Normales EKG", {"normal_ecg": PRESENT}),
        ("Sinusbradykardie, sonst normales EKG", {"sinus_bradycardia": PRESENT, "otherwise_normal_ecg": PRESENT}),
        ("Lagetyp normal", {}),
        ("Vollständiger Rechtsschenkelblock", {"right_bundle_branch_block": PRESENT}),
        ("inkompletter Rechtsschenkelblock", {"incomplete_right_bundle_branch_block": PRESENT}),
        ("AV-Block II. Grades", {"second_degree_av_block": PRESENT}),
        ("Vorhofflattern", {"atrial_flutter": PRESENT}),
        ("Vorhofflimmern/-flattern", {"atrial_fibrillation": PRESENT, "atrial_flutter": UNCERTAIN}),
        ("tachykardes Vorhofflimmern", {"atrial_fibrillation": PRESENT, "rapid_ventricular_response": PRESENT}),
        ("ventrikuläre Extrasystolen", {"premature_ventricular_complex": PRESENT}),
        ("supraventrikuläre Extrasystole(n)", {"premature_atrial_complex": PRESENT}),
        ("Vorderwandinfarkt", {"anterior_infarction": PRESENT}),
        ("inferiore Ischämie", {"inferior_ischaemia": PRESENT}),
        ("anterolateraler Innenschichtschaden", {"anterolateral_subendocardial_injury": PRESENT}),
        ("Linkstyp", {}),
        ("überdrehter Linkstyp", {"left_axis_deviation": PRESENT}),
    ],
)
def test_german_findings(text, stated):
    """One finding as a reader writes it."""
    assert stated_in_german_report(text) == stated


@pytest.mark.parametrize(
    ("text", "concept", "presence"),
    [
        ("Kein Infarkt", "infarction", ABSENT),
        ("ohne sichere Ischämie", "ischaemia", ABSENT),
        ("Kein Hinweis auf Linkshypertrophie", "left_ventricular_hypertrophy", ABSENT),
        ("Linksschenkelblock nicht nachweisbar", "left_bundle_branch_block", ABSENT),
        ("no evidence of infarction", "infarction", ABSENT),
        ("ingen ischemi", "ischaemia", ABSENT),
        ("V.a. Linkshypertrophie", "left_ventricular_hypertrophy", UNCERTAIN),
        ("Verdacht auf inferioren Infarkt", "inferior_infarction", UNCERTAIN),
        ("Linkshypertrophie möglich", "left_ventricular_hypertrophy", UNCERTAIN),
        ("mögliche laterale Ischämie", "lateral_ischaemia", UNCERTAIN),
        ("Infarkt nicht auszuschließen", "infarction", UNCERTAIN),
        ("Nicht auszuschliessen ist ein Infarkt", "infarction", UNCERTAIN),
        ("septaler Infarkt?", "septal_infarction", UNCERTAIN),
        ("moeglicherweise Digitalis-Wirkung", "digitalis_effect", UNCERTAIN),
        ("ST-Senkung, wahrscheinlich Ischämie", "ischaemia", UNCERTAIN),
        ("ST-Senkung, wahrscheinlich Ischämie", "st_depression", PRESENT),
        ("lateral ischaemia cannot be excluded", "lateral_ischaemia", UNCERTAIN),
        ("inferior infarkt kan ej uteslutas", "inferior_infarction", UNCERTAIN),
        ("changes consistent with ischaemia", "ischaemia", UNCERTAIN),
    ],
)
def test_denial_and_doubt_before_and_behind(text, concept, presence):
    """Three languages' words, on either side."""
    assert stated_in_german_report(text)[concept] == presence


def test_a_word_of_doubt_or_denial_rules_a_list_but_not_the_next_statement():
    """Joined by a conjunction, or not at all."""
    assert stated_in_german_report("Kein Infarkt oder Linksschenkelblock") == {
        "infarction": ABSENT,
        "left_bundle_branch_block": ABSENT,
    }
    assert stated_in_german_report("Linkshypertrophie möglich Rechtsschenkelblock") == {
        "left_ventricular_hypertrophy": UNCERTAIN,
        "right_bundle_branch_block": PRESENT,
    }
    assert stated_in_german_report("Kein Infarkt. Niederspannung") == {"infarction": ABSENT, "low_voltage": PRESENT}


def test_places_of_one_doubtful_injury_are_printed_without_a_conjunction():
    """The recorder's doubt is about both."""
    found = stated_in_german_report(
        "ST abnorm, möglicherweise lateraler Innenschichtschaden inferiorer Innenschichtschaden"
    )
    assert found["lateral_subendocardial_injury"] == found["inferior_subendocardial_injury"] == UNCERTAIN


def test_one_of_two_is_uncertain():
    """Ischaemia or strain: nobody knows which."""
    found = stated_in_german_report("ST & T abnorm, inferiore Ischämie oder Linksbelastung")
    assert found["inferior_ischaemia"] == found["left_ventricular_strain"] == UNCERTAIN
    assert found["st_abnormality"] == found["t_abnormality"] == PRESENT


def test_doubt_about_the_age_is_no_doubt_about_the_infarct():
    """Probably old; of unknown age; acute."""
    assert stated_in_german_report("lateraler Infarkt wahrscheinlich alt, Niederspannung") == {
        "lateral_infarction": PRESENT,
        "old_infarction": UNCERTAIN,
        "low_voltage": PRESENT,
    }
    assert stated_in_german_report("septaler Infarkt Alter unbest.") == {"septal_infarction": PRESENT}
    assert stated_in_german_report("akuter Hinterwandinfarkt") == {
        "inferior_infarction": PRESENT,
        "acute_infarction": PRESENT,
    }


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Sinusrhythmus Linkshypertro", "left_ventricular_hypertrophy"),
        ("Vorhofflimern", "atrial_fibrillation"),
        ("anterolateraaler Infarkt", "anterolateral_infarction"),
        ("Linkshypertrophie, QRS-Achse #berdreht", "left_ventricular_hypertrophy"),
        ("ISCHÄMIE", "ischaemia"),
        ("Ischa\u0308mie", "ischaemia"),
        ("ueberdrehter   Rechtstyp", "right_axis_deviation"),
    ],
)
def test_cut_off_misspelt_and_damaged_words(text, concept):
    """As they stand in the archive."""
    assert stated_in_german_report(text)[concept] == PRESENT


def test_english_and_swedish():
    """Recorders of other makes."""
    assert stated_in_german_report("Sinus tachycardia. Left bundle branch block. Low voltage.") == {
        "sinus_tachycardia": PRESENT,
        "left_bundle_branch_block": PRESENT,
        "low_voltage": PRESENT,
    }
    assert stated_in_german_report("sinusrytm högersidigt skänkelblock") == {
        "sinus_rhythm": PRESENT,
        "right_bundle_branch_block": PRESENT,
    }


def test_codes_behind_edit_count_with_their_likelihood():
    """The second reader's word; half sure is uncertain; what is no code is passed over."""
    found = stated_in_german_report("Sinusrhythmus edit: lvh 50, crbbb, Sokolow 4,1 (imi 100)")
    assert found == {
        "sinus_rhythm": PRESENT,
        "left_ventricular_hypertrophy": UNCERTAIN,
        "right_bundle_branch_block": PRESENT,
        "inferior_infarction": PRESENT,
    }


def test_present_outweighs_uncertain_and_uncertain_absent():
    """Said twice in one report."""
    assert stated_in_german_report("V.a. Infarkt. Infarkt")["infarction"] == PRESENT
    assert stated_in_german_report("Kein Infarkt. V.a. Infarkt")["infarction"] == UNCERTAIN


def test_reading_adds_what_is_implied():
    """Anteroseptal is anterior and septal."""
    found = read_german_report("anteroseptaler Infarkt")
    assert found["anterior_infarction"] == found["septal_infarction"] == found["infarction"] == PRESENT
    assert read_german_report("") == {}


def test_rules_name_concepts_of_the_vocabulary():
    """A rule without a concept only keeps its words from other rules."""
    for rule in report_rules().findings:
        assert {*rule.concepts, *rule.also_uncertain} <= vocabulary().words.keys(), rule.words.pattern
