"""The lists of quantities, which tables and documents are made from."""

from __future__ import annotations

import re

import pytest

from einthoven.ecg.formats.measurement_names import MEASUREMENTS
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.measurement_quantities import QUANTITIES

ALL = [*QUANTITIES.items(), *LEAD_QUANTITIES.items()]
ENDINGS = {"ms": "_ms", "mV": "_mv", "mV ms": "_mv_ms", "deg": "_deg", "1/min": "_bpm"}


@pytest.mark.parametrize(("name", "quantity"), ALL, ids=[name for name, _ in ALL])
def test_a_name_ends_with_its_unit(name, quantity):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    if quantity.unit == "1":
        assert not name.endswith(tuple(ENDINGS.values()))
    else:
        assert name.endswith(ENDINGS[quantity.unit])


@pytest.mark.parametrize(("name", "quantity"), ALL, ids=[name for name, _ in ALL])
def test_every_quantity_says_what_it_is_how_it_is_computed_and_after_whom(name, quantity):
    assert quantity.meaning
    assert quantity.formula
    assert quantity.source


def test_what_machines_measure_too_has_their_name():
    ours = set(QUANTITIES)
    assert {"heart_rate_bpm", "rr_ms", "p_ms", "pr_ms", "qrs_ms", "qt_ms", "p_axis_deg", "t_axis_deg"} <= ours & set(
        MEASUREMENTS
    )
    assert {name for name in MEASUREMENTS if name.startswith("qtc_") and name != "qtc_ms"} <= ours


def test_voltages_areas_and_what_compares_leads_need_a_unit_and_times_do_not():
    without = {name for name, quantity in QUANTITIES.items() if not quantity.needs_millivolts}
    assert {"qt_ms", "heart_rate_bpm", "lbbb_score", "transition_zone"} <= without
    assert not {"qrs_axis_deg", "sokolow_lyon_mv", "cornell_product_mv_ms", "r_progression_steps"} & without
    assert LEAD_QUANTITIES["qrs_area_mv_ms"].needs_millivolts
    assert not LEAD_QUANTITIES["q_ms"].needs_millivolts
