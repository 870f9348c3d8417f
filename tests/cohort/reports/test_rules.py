from __future__ import annotations

import pytest

from einthoven.cohort.reports.rules import compile_rules, rules
from einthoven.errors import CohortError

CONTRACT = {
    "lvef": "%",
    "lvidd_mm": "mm",
    "lvids_mm": "mm",
    "ivs_mm": "mm",
    "pw_mm": "mm",
    "la_diameter_mm": "mm",
    "la_volume_index": "mL/m2",
    "e_e_prime": "1",
    "e_velocity": "m/s",
    "a_velocity": "m/s",
    "tr_vmax": "m/s",
    "rvsp": "mmHg",
    "tapse_mm": "mm",
    "gls": "%",
    "lv_mass_index": "g/m2",
    "stenosis_lm": "%",
    "stenosis_lad": "%",
    "stenosis_lcx": "%",
    "stenosis_rca": "%",
    "mfr": "1",
}


def test_every_quantity_has_its_unit():
    known = {name: rule.unit for name, rule in rules().quantities.items()}
    assert CONTRACT.items() <= known.items()
    grades = {name for name, rule in rules().quantities.items() if rule.kind == "grade"}
    assert known.keys() == CONTRACT.keys() | grades
    assert len(grades) == 6


def test_a_quantity_is_added_by_a_table_alone():
    tables = rules().tables
    quantity = {"unit": "ms", "units": {"other": 1}, "bare": {"ms": 1}, "low": 50, "high": 400, "names": ["ivrt time"]}
    added = compile_rules({**tables, "quantity": {**tables["quantity"], "ivrt": quantity}})
    assert added.wordings["ivrt time"]["quantity"] == "ivrt"
    assert added.quantities["ivrt"].high == 400


def test_units_plausible_ranges_and_methods_are_known_to_the_engine():
    tables = rules().tables
    units = set(tables["units"])
    for rule in rules().quantities.values():
        assert set(rule.units) <= units
        assert rule.low < rule.high
        assert rule.methods <= set(tables["methods"])
        assert rule.words in {"", *tables["words_for"]}


def test_an_unknown_quantity_is_refused_with_the_nearest():
    with pytest.raises(CohortError, match="tapse_mm"):
        rules().check("tapse")
