"""Numbers of one lead, on a representative beat drawn by hand at 500 Hz."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.delineation import Mark
from einthoven.ecg.lead_measurement_quantities import LEAD_QUANTITIES
from einthoven.ecg.lead_measurements import COLUMN, measure_leads
from einthoven.ecg.representative_beat import RepresentativeBeat

FIDUCIAL = 150
# ms from the fiducial, height in mV: P 0.1, q -0.1, R 1.2, S -0.3, J at 0.05, ST climbing to T of 0.4
CORNERS = [
    *((-300, 0), (-180, 0), (-140, 0.1), (-100, 0), (-40, 0), (-30, -0.1), (-20, 0), (0, 1.2), (20, 0), (34, -0.3)),
    *((48, 0), (50, 0.05), (130, 0.13), (180, 0.13), (260, 0.4), (340, 0), (500, 0)),
]
MARKS = np.array([-180.0, -140, -100, -40, 0, 50, 180, 260, 340])


def beat(signal, *, noise=0.001) -> RepresentativeBeat:
    rows = np.atleast_2d(signal).astype(np.float32)
    return RepresentativeBeat(rows, FIDUCIAL, np.arange(10), np.full(len(rows), noise, dtype=np.float32))


def drawn() -> np.ndarray:
    at, height = np.array(CORNERS).T
    return np.interp(2.0 * (np.arange(400) - FIDUCIAL), at, height)


def numbers_of(signal, marks=MARKS, **options) -> dict[str, float]:
    found = measure_leads(beat(signal, **options), marks, np.tile(marks, (len(np.atleast_2d(signal)), 1)))
    return dict(zip(LEAD_QUANTITIES, found.values[0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("name", "expected", "within"),
    [
        ("p_mv", 0.1, 0.005),
        ("p_area_mv_ms", 0.1 * 80 / 2, 0.2),
        ("q_mv", -0.1, 1e-6),
        ("r_mv", 1.2, 1e-6),
        ("s_mv", -0.3, 1e-6),
        ("q_ms", 20, 3),
        ("r_ms", 40, 0.1),
        ("s_ms", 28, 0.1),
        ("qrs_ms", 90, 1e-6),
        ("qt_ms", 380, 1e-6),
        ("qrs_peak_to_peak_mv", 1.5, 1e-6),
        # -0.1 x 20 / 2 + 1.2 x 40 / 2 - 0.3 x 28 / 2 + 0.05 x 2 / 2
        ("qrs_area_mv_ms", 18.85, 0.1),
        # from J - 40 = 10 ms: R from 0.6 down over 10 ms, S, J
        ("qrs_terminal_area_mv_ms", 3.0 - 4.2 + 0.05, 0.1),
        ("r_share", 1.2 / 1.5, 1e-5),
        ("r_peak_time_ms", 40, 0.1),
        ("qrs_half_width_ms", 20, 0.1),
        ("qrs_notches", 0, 0),
        ("j_mv", 0.05, 1e-6),
        ("st_j40_mv", 0.09, 1e-6),
        ("st_j60_mv", 0.11, 1e-6),
        ("st_j80_mv", 0.13, 1e-6),
        ("t_mv", 0.4, 1e-6),
        # trapezoid from 0.13 to 0.4 over 80 ms, triangle over 80 ms
        ("t_area_mv_ms", 0.265 * 80 + 0.4 * 40, 0.5),
        ("noise_mv", 0.001, 1e-6),
    ],
)
def test_a_beat_drawn_by_hand(name, expected, within):
    assert numbers_of(drawn())[name] == pytest.approx(expected, abs=within)


@pytest.mark.parametrize("name", ["r_prime_mv", "s_prime_ms", "qs_mv", "t_prime_mv"])
def test_a_deflection_that_is_not_there_is_nan(name):
    assert np.isnan(numbers_of(drawn())[name])


def test_a_shifted_level_changes_nothing():
    assert numbers_of(drawn() + 0.7) == pytest.approx(numbers_of(drawn()), abs=1e-5, nan_ok=True)


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_gain_multiplies_voltages_and_areas_and_leaves_the_rest(gain):
    once, again = numbers_of(drawn()), numbers_of(gain * drawn(), noise=gain * 0.001)
    for name, quantity in LEAD_QUANTITIES.items():
        factor = gain if quantity.needs_millivolts else 1
        assert again[name] == pytest.approx(factor * once[name], rel=1e-5, abs=1e-6, nan_ok=True), name


def test_an_inverted_lead_has_q_for_r():
    inverted = numbers_of(-drawn())
    assert (inverted["r_mv"], inverted["s_mv"], inverted["r_prime_mv"]) == pytest.approx((0.1, -1.2, 0.3))
    assert inverted["p_mv"] == pytest.approx(-0.1, abs=0.005)


def test_without_p_and_t_qrs_is_still_measured():
    marks = MARKS.copy()
    marks[[Mark.P_ON, Mark.P_PEAK, Mark.P_OFF, Mark.T_ON, Mark.T_PEAK, Mark.T_OFF]] = np.nan
    numbers = numbers_of(drawn(), marks)
    assert np.isnan([numbers[name] for name in LEAD_QUANTITIES if name.startswith(("p_", "t_"))]).all()
    assert numbers["r_mv"] == pytest.approx(1.2)


def test_without_borders_nothing_but_the_noise_is_known():
    numbers = numbers_of(drawn(), np.full(9, np.nan))
    assert [name for name, value in numbers.items() if np.isfinite(value)] == ["noise_mv"]


def test_a_flat_lead_has_no_deflections_and_no_shares():
    numbers = numbers_of(np.zeros(400), noise=0.0)
    assert numbers["qrs_peak_to_peak_mv"] == 0
    assert np.isnan(
        [numbers[name] for name in ("r_mv", "qs_mv", "r_share", "qrs_terminal_share", "qrs_half_width_ms")]
    ).all()


def test_waves_beyond_the_beat_are_cut_or_absent():
    late = MARKS.copy()
    late[[Mark.T_ON, Mark.T_PEAK, Mark.T_OFF]] = 600, 650, 700
    assert np.isnan(numbers_of(drawn(), late)["t_mv"])
    assert COLUMN["noise_mv"] == 0
