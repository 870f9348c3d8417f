"""Directions of hearts whose vector is known, seen through the limb leads by definition."""

from __future__ import annotations

import math

import numpy as np
import pytest

from einthoven.ecg.axes import (
    KORS,
    angle_between_axes,
    angle_in_space,
    einthoven_error,
    frontal_axis,
    frontal_vectors,
    spatial_vectors,
)
from einthoven.ecg.leads import LIMB_LEADS, STANDARD_LEADS

DIRECTIONS = {"I": 0, "II": 60, "III": 120, "aVR": -150, "aVL": -30, "aVF": 90}


def limb_leads(axis_deg: float) -> dict[str, float]:
    """Return what each limb lead sees: projections on Einthoven's triangle, augmented ones times sqrt(3) / 2."""
    size = {lead: 1.0 if len(lead) < 3 or lead == "III" else math.sqrt(3) / 2 for lead in DIRECTIONS}
    return {lead: size[lead] * math.cos(math.radians(axis_deg - at)) for lead, at in DIRECTIONS.items()}


def axis_from(axis_deg: float, leads) -> float:
    seen = limb_leads(axis_deg)
    vector = frontal_vectors(np.array([seen[lead] for lead in leads]), {lead: row for row, lead in enumerate(leads)})
    return frontal_axis(vector)


@pytest.mark.parametrize("axis_deg", [-150.0, -90.0, -30.0, 0.0, 45.0, 60.0, 100.0, 179.0])
@pytest.mark.parametrize(
    "leads", [LIMB_LEADS, ("I", "aVF"), ("I", "II"), ("aVF", "III"), ("aVR", "aVL"), ("V1", "II", "I")]
)
def test_the_axis_is_the_same_from_any_two_limb_leads(axis_deg, leads):
    leads = tuple(lead for lead in leads if lead in DIRECTIONS)
    assert axis_from(axis_deg, leads) == pytest.approx(axis_deg, abs=1e-4)


@pytest.mark.parametrize("leads", [("I",), ("V1", "V2"), ("V1", "aVF"), ()])
def test_one_limb_lead_gives_no_axis(leads):
    assert frontal_vectors(np.ones(len(leads)), {lead: row for row, lead in enumerate(leads)}) is None


def test_a_textbook_axis():
    """Lead I +5, aVF +5: 45 degrees by the naive reading, 49 when aVF is scaled (Goldberger)."""
    assert frontal_axis(frontal_vectors(np.array([5.0, 5.0]), {"I": 0, "aVF": 1})) == pytest.approx(49.1, abs=0.05)


def test_equal_positive_and_negative_areas_have_no_axis():
    assert math.isnan(frontal_axis(np.zeros(2)))


@pytest.mark.parametrize(("first", "second", "angle"), [(10, 50, -40), (170, -170, -20), (-90, 90, -180), (0, 0, 0)])
def test_the_angle_between_axes_goes_the_shorter_way_round(first, second, angle):
    assert angle_between_axes(first, second) == pytest.approx(angle)


def test_kors_takes_the_eight_independent_leads():
    areas = np.random.default_rng(0).normal(size=12)
    eight = np.concatenate([areas[:2], areas[6:]])
    rows = {lead: row for row, lead in enumerate(STANDARD_LEADS)}
    derived = areas.copy()
    derived[2:6] = [areas[1] - areas[0], -(areas[0] + areas[1]) / 2, areas[0] - areas[1] / 2, areas[1] - areas[0] / 2]
    np.testing.assert_allclose(spatial_vectors(derived, rows), KORS @ eight, atol=1e-6)


def test_kors_without_i_and_ii_takes_other_limb_leads():
    rng = np.random.default_rng(1)
    one, two, *chest = rng.normal(size=8)
    leads = ("III", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
    areas = np.array([two - one, two - one / 2, *chest])
    found = spatial_vectors(areas, {lead: row for row, lead in enumerate(leads)})
    np.testing.assert_allclose(found, KORS @ np.array([one, two, *chest]), atol=1e-6)


def test_without_a_chest_lead_there_is_no_direction_in_space():
    rows = {lead: row for row, lead in enumerate(STANDARD_LEADS) if lead != "V4"}
    assert spatial_vectors(np.ones(12), rows) is None


def test_a_leftward_vector_points_left():
    """I, V5 and V6 upright, V1 negative: X of Kors' regression above 0."""
    rows = {lead: row for row, lead in enumerate(("I", "II", "V1", "V2", "V3", "V4", "V5", "V6"))}
    x, _, _ = spatial_vectors(np.array([1.0, 0.4, -0.8, -0.3, 0.3, 0.9, 1.1, 0.9]), rows)
    assert x > 0.9


def test_angles_in_space():
    assert angle_in_space(np.array([1.0, 1, 0]), np.array([1.0, 0, 0])) == pytest.approx(45)
    assert math.isnan(angle_in_space(np.zeros(3), np.ones(3)))


def test_leads_of_one_body_obey_einthovens_law_and_exchanged_or_rescaled_ones_do_not():
    one, two = np.random.default_rng(2).normal(size=(2, 300)).astype(np.float32)
    limb = np.stack([one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2])
    rows = {lead: row for row, lead in enumerate(LIMB_LEADS)}
    assert einthoven_error(limb, rows) == pytest.approx(0, abs=1e-6)
    assert einthoven_error(limb[[1, 0, 2, 3, 4, 5]], rows) > 0.5
    assert einthoven_error(limb / np.ptp(limb, axis=1, keepdims=True), rows) > 0.1
    assert einthoven_error(limb, {"I": 0, "II": 1}) == 0
