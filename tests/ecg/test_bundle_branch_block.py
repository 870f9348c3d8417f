"""Scores of textbook patterns written down as numbers of the leads."""

from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.ecg.bundle_branch_block import lbbb_grades, lbbb_score, rbbb_grades, rbbb_score
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.lead_measurements import COLUMN, LeadNumbers

LEADS = ("I", "aVL", "V1", "V2", "V5", "V6")
ROWS = {lead: row for row, lead in enumerate(LEADS)}
NAMES = ("q_mv", "r_ms", "s_ms", "r_share", "r_peak_time_ms", "qrs_half_width_ms", "qrs_notches", "qrs_terminal_share")
NONE = math.nan
LEFT_NORMAL = (-0.1, 45, 20, 0.85, 40, 30, 0, 0.0)
RIGHT_NORMAL = (NONE, 30, 50, 0.15, 20, 35, 0, -0.3)
PATTERNS = {
    "normal": {"left": LEFT_NORMAL, "right": RIGHT_NORMAL, "qrs_ms": 90},
    "lbbb": {
        "left": (NONE, 150, NONE, 1.0, 85, 80, 1, 0.4),
        "right": (NONE, 25, 110, 0.1, 15, 70, 0, -0.5),
        "qrs_ms": 152,
    },
    "rbbb": {"left": (-0.1, 50, 70, 0.7, 42, 30, 0, -0.3), "right": (NONE, 25, 25, 0.8, 85, 40, 0, 0.5), "qrs_ms": 142},
    "wide, neither": {"left": LEFT_NORMAL, "right": RIGHT_NORMAL, "qrs_ms": 140},
}


def scores_of(pattern, *, without=(), **scales):
    values = np.full((len(LEADS), len(LEAD_QUANTITIES)), np.nan)
    values[:, COLUMN["qrs_peak_to_peak_mv"]] = 1.0
    for lead, row in ROWS.items():
        values[row, [COLUMN[name] for name in NAMES]] = PATTERNS[pattern]["right" if lead in {"V1", "V2"} else "left"]
    values[:, [COLUMN["q_mv"], COLUMN["qrs_peak_to_peak_mv"]]] *= scales.get("gain", 1.0)
    numbers = LeadNumbers(values, None)
    rows = {lead: row for lead, row in ROWS.items() if lead not in without}
    qrs_ms = PATTERNS[pattern]["qrs_ms"]
    return lbbb_score(numbers, rows, qrs_ms=qrs_ms), rbbb_score(numbers, rows, qrs_ms=qrs_ms), numbers, rows


def test_textbook_patterns_are_told_apart():
    lbbb, rbbb = scores_of("lbbb")[:2], scores_of("rbbb")[:2]
    normal, neither = scores_of("normal")[:2], scores_of("wide, neither")[:2]
    assert min(lbbb[0], rbbb[1]) > 0.9
    assert max(lbbb[1], rbbb[0]) < 0.4
    assert normal == (0.0, 0.0)
    assert max(neither) < 0.6


def test_each_criterion_is_met_by_its_block_and_not_by_the_other():
    _, _, left, rows = scores_of("lbbb")
    _, _, right, _ = scores_of("rbbb")
    assert min(lbbb_grades(left, rows).values()) > 0.9
    assert min(rbbb_grades(right, rows).values()) > 0.5
    assert max(rbbb_grades(left, rows).values()) < 0.5


def test_qrs_of_120_ms_is_half_wide():
    _, _, numbers, rows = scores_of("lbbb")
    assert lbbb_score(numbers, rows, qrs_ms=120) == pytest.approx(lbbb_score(numbers, rows, qrs_ms=160) / 2)


@pytest.mark.parametrize("without", [("V1",), ("I", "V5", "V6")])
def test_without_v1_or_all_left_leads_there_is_no_score(without):
    assert np.isnan(scores_of("lbbb", without=without)[:2]).all()


def test_missing_leads_leave_the_criteria_of_the_others():
    assert scores_of("lbbb", without=("aVL", "V2", "V5"))[0] > 0.9


def test_gain_does_not_matter():
    assert scores_of("rbbb", gain=7.0)[:2] == scores_of("rbbb")[:2]


def test_without_qrs_duration_there_is_no_score():
    _, _, numbers, rows = scores_of("rbbb")
    assert math.isnan(rbbb_score(numbers, rows, qrs_ms=math.nan))
