"""Codes of findings."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from einthoven.cohort.labels.codes import CODE_SYSTEMS, concepts_of_codes, stated_concepts, unknown_codes
from einthoven.cohort.labels.vocabulary import vocabulary
from einthoven.errors import CohortError


def rows(name):
    """Return the rows of a code map."""
    file = resources.files("einthoven.cohort.labels").joinpath("code_maps", f"{name}.csv")
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("system", CODE_SYSTEMS)
def test_each_code_stands_once_with_a_name_and_known_concepts(system):
    """The maps speak the one vocabulary."""
    codes = [row["code"] for row in rows(system)]
    assert len(set(codes)) == len(codes)
    for row in rows(system):
        assert row["name"]
        assert row["presence"] in ("present", "uncertain")
        assert set(row["concepts"].split()) <= vocabulary().words.keys(), row


def test_the_maps_hold_as_many_codes_as_their_sources():
    """133 codes of the Challenge, 71 statements of PTB-XL; 156 of AHA/ACC/HRS and their 47 modifiers."""
    assert {system: len(rows(system)) for system in CODE_SYSTEMS} == {"snomed": 133, "aha": 156, "scp": 71}
    assert all(row["concepts"] for system in ("snomed", "scp") for row in rows(system))


def test_modifiers_name_known_statements_and_concepts():
    """A modifier adds to statements that exist, once each."""
    known = {row["code"] for row in rows("aha")}
    seen = set()
    for row in rows("aha_modifiers"):
        assert row["code"] not in known
        assert set(row["applies_to"].split()) <= known
        assert set(row["concepts"].split()) <= vocabulary().words.keys()
        pairs = {(row["code"], statement) for statement in row["applies_to"].split() or [""]}
        assert not pairs & seen
        seen |= pairs


def test_the_challenges_codes_are_all_mapped(real_data):
    """Scored and unscored tables of the Challenge, code by code."""
    official = set()
    for name in ("scored", "unscored"):
        with (real_data / "snomed_maps" / f"dx_mapping_{name}.csv").open(encoding="utf-8") as file:
            official |= {row["SNOMEDCTCode"] for row in csv.DictReader(file)}
    assert official == {row["code"] for row in rows("snomed")}


def test_all_statements_of_ptb_xl_are_mapped(real_data):
    """The owners' own table."""
    with (real_data / "ptb_xl" / "scp_statements.csv").open(encoding="utf-8") as file:
        assert {row[""] for row in csv.DictReader(file)} == {row["code"] for row in rows("scp")}


def test_codes_make_what_they_imply_present():
    """Sinus bradycardia is a sinus rhythm."""
    assert concepts_of_codes(["426177001"], system="snomed") == {
        "sinus_bradycardia": "present",
        "sinus_rhythm": "present",
        "bradycardia": "present",
    }
    assert stated_concepts([" 426177001 "], system="snomed") == {"sinus_bradycardia": "present"}


def test_statements_of_one_cell_and_their_modifiers():
    """As SPH writes them: blanks do no harm, frequency changes nothing."""
    assert stated_concepts(["22; 23", "60+310"], system="aha") == {
        "sinus_bradycardia": "present",
        "sinus_arrhythmia": "present",
        "premature_ventricular_complex": "present",
    }
    assert concepts_of_codes([""], system="aha") == {}


@pytest.mark.parametrize(
    ("code", "concept"),
    [
        ("161+330", "acute_infarction"),
        ("161+332", "old_infarction"),
        ("145+362", "st_depression"),
        ("146+363", "st_elevation"),
        ("147+367", "t_inversion"),
        ("60+341", "ventricular_bigeminy"),
        ("30+341", "atrial_bigeminy"),
        ("50+346", "rapid_ventricular_response"),
        ("50+347", "slow_ventricular_response"),
    ],
)
def test_modifiers_add_what_they_mean(code, concept):
    """Depression of ST, bigeminy, age of an infarct."""
    assert concepts_of_codes([code], system="aha")[concept] == "present"


@pytest.mark.parametrize("modifier", ["301", "302", "312", "315"])
def test_modifiers_of_doubt_make_their_statement_uncertain(modifier):
    """Possible, probable, consider, borderline; not the statement next to it."""
    found = concepts_of_codes([f"142+{modifier};161"], system="aha")
    assert found["left_ventricular_hypertrophy"] == "uncertain"
    assert found["inferior_infarction"] == "present"


def test_a_statement_that_may_be_one_of_two_is_uncertain_unless_known_otherwise():
    """Fibrillation or flutter, and fibrillation."""
    assert concepts_of_codes(["195080001"], system="snomed")["atrial_flutter"] == "uncertain"
    found = concepts_of_codes(["195080001", "164889003"], system="snomed")
    assert (found["atrial_fibrillation"], found["atrial_flutter"]) == ("present", "uncertain")
    assert stated_concepts(["IMI"], system="scp", uncertain=["LVH", "IMI"]) == {
        "inferior_infarction": "present",
        "left_ventricular_hypertrophy": "uncertain",
    }


def test_unknown_codes_are_named_and_say_nothing():
    """Each once; modifiers are known."""
    assert unknown_codes(["22;999", "142+312+888", "999"], system="aha") == ("999", "888")
    assert unknown_codes(["NORM", "XYZ"], system="scp") == ("XYZ",)
    assert concepts_of_codes(["XYZ"], system="scp") == {}


def test_an_unknown_system_is_refused():
    """With the nearest name."""
    with pytest.raises(CohortError, match="snomed"):
        concepts_of_codes([], system="snomedct")
    with pytest.raises(CohortError, match="aha"):
        unknown_codes([], system="AHA ")


def test_codes_of_real_headers_are_known(real_data):
    """Chapman, Ningbo, Georgia, CPSC and PTB as the Challenge publishes them."""
    codes = set()
    for header in (real_data / "cinc2021_samples").rglob("*.hea"):
        for line in header.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.replace(" ", "").startswith("#Dx:"):
                codes |= {code.strip() for code in line.partition(":")[2].split(",")}
    assert len(codes) > 20
    assert unknown_codes(sorted(codes), system="snomed") == ()
