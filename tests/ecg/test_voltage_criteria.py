"""Criteria on leads whose deflections are given."""

from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.lead_measurements import COLUMN, LeadNumbers
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.voltage_criteria import (
    NEEDED_LEADS,
    cornell_product,
    p_terminal_force,
    transition_zone,
    voltage_criteria,
)

ROWS = {lead: row for row, lead in enumerate(STANDARD_LEADS)}
R = (0.8, 1.0, 0.3, math.nan, 0.6, 0.7, 0.2, 0.5, 0.9, 1.6, 1.8, 1.4)
S = (-0.1, -0.1, -0.2, math.nan, -0.1, -0.1, -1.1, -1.5, -1.2, -0.6, -0.3, -0.1)


def leads_of(**changed) -> LeadNumbers:
    """Return the numbers of 12 leads; ``V1_qs_mv=-2`` changes one."""
    values = np.full((12, len(LEAD_QUANTITIES)), np.nan)
    values[:, COLUMN["r_mv"]], values[:, COLUMN["s_mv"]] = R, S
    values[:, COLUMN["qrs_peak_to_peak_mv"]] = np.nan_to_num(R) - np.nan_to_num(S)
    values[3, COLUMN["qs_mv"]], values[3, COLUMN["qrs_peak_to_peak_mv"]] = -0.9, 0.9
    values[:, COLUMN["r_share"]] = np.nan_to_num(R) / values[:, COLUMN["qrs_peak_to_peak_mv"]]
    values[:, COLUMN["qrs_notches"]] = [0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    for name, value in changed.items():
        lead, quantity = name.split("_", 1)
        values[ROWS[lead], COLUMN[quantity]] = value
    return LeadNumbers(values, np.tile(np.array([0.0, 0.1, 0.0, -0.05, 0.0]), (12, 1)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sokolow_lyon_mv", 1.1 + 1.8),
        ("cornell_mv", 0.6 + 1.2),
        ("qrs_voltage_sum_mv", 9.8 + 5.4 + 0.9),
        ("qrs_voltage_limb_mv", 1.1),
        ("qrs_voltage_precordial_mv", 2.2),
        ("r_progression_steps", 3),
        # V3 0.9 / 2.1, V4 1.6 / 2.2
        ("transition_zone", 3 + (0.5 - 0.9 / 2.1) / (1.6 / 2.2 - 0.9 / 2.1)),
        ("notched_leads", 2),
    ],
)
def test_criteria_as_added_up_by_hand(name, expected):
    assert voltage_criteria(leads_of(), ROWS)[name] == pytest.approx(expected)


def test_r_prime_and_qs_count_where_they_are_larger():
    higher = voltage_criteria(leads_of(V6_r_prime_mv=2.5), ROWS)
    deeper = voltage_criteria(leads_of(V1_s_mv=math.nan, V1_r_mv=math.nan, V1_qs_mv=-2.0), ROWS)
    assert higher["sokolow_lyon_mv"] == pytest.approx(1.1 + 2.5)
    assert deeper["sokolow_lyon_mv"] == pytest.approx(2.0 + 1.8)


@pytest.mark.parametrize("name", NEEDED_LEADS.keys() - {"cornell_product_mv_ms"})
def test_a_number_without_one_of_its_leads_is_nan_and_others_are_not(name):
    needed = NEEDED_LEADS[name]
    rows = {lead: row for lead, row in ROWS.items() if lead != needed[-1]}
    found = voltage_criteria(leads_of(), rows)
    assert math.isnan(found[name])
    alone = voltage_criteria(leads_of(), {lead: ROWS[lead] for lead in needed})
    assert math.isfinite(alone[name])


def test_the_cornell_product_adds_six_mm_for_women():
    """The criterion of 2,440 mm ms is 244 mV ms."""
    assert cornell_product(2.0, 122.0, female=False) == pytest.approx(244)
    assert cornell_product(1.4, 122.0, female=True) == pytest.approx(244)


@pytest.mark.parametrize(
    ("shares", "zone"),
    [
        ((0.1, 0.2, 0.3, 0.7, 0.8, 0.9), 3.5),
        ((0.6, 0.7, 0.8, 0.8, 0.8, 0.9), 0.5),
        ((0.1, 0.1, 0.1, 0.2, 0.2, 0.3), 6.5),
        ((0.1, 0.5, 0.6, 0.7, 0.8, 0.9), 2.0),
    ],
)
def test_the_transition_lies_where_r_is_as_large_as_s(shares, zone):
    assert transition_zone(np.array(shares)) == pytest.approx(zone)


def test_the_terminal_force_is_depth_times_duration():
    """1 mm deep for 40 ms is the criterion of Morris: -0.04 mm s, here -4 mV ms."""
    wave = np.concatenate([[0, 0.05, 0], np.full(19, -0.1), [0]])
    assert p_terminal_force(wave) == pytest.approx(-4.0, abs=0.1)
