"""Deflections of QRS drawn by hand: triangles whose heights and widths are known."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.qrs_deflections import DEFLECTIONS, find_deflections, smallest_deflection


def triangles(*corners) -> np.ndarray:
    """Return float32 (1, sample): straight lines through (sample, height)."""
    at, height = np.array(corners, dtype=np.float64).T
    return np.interp(np.arange(at[-1] + 1), at, height)[None].astype(np.float32)


def found_in(qrs, smallest=0.02):
    found = find_deflections(qrs, np.full(qrs.shape[0], smallest, dtype=np.float32))
    return [
        {
            name: (round(float(amplitude), 3), round(float(duration), 2))
            for name, amplitude, duration in zip(DEFLECTIONS, found.amplitude[lead], found.duration[lead], strict=True)
            if np.isfinite(amplitude)
        }
        for lead in range(qrs.shape[0])
    ]


QRS = triangles((0, 0), (5, -0.1), (10, 0), (20, 1.0), (30, 0), (36, -0.3), (42, 0))


def test_q_r_and_s_are_told_apart_with_their_widths():
    """The outer ends are cut where the deflection is still 6 ms below the smallest that counts."""
    (lead,) = found_in(QRS, smallest=1e-4)
    assert lead == {"q": (-0.1, 10.0), "r": (1.0, 20.0), "s": (-0.3, 12.0)}


def test_without_q_the_first_positive_deflection_is_r():
    (lead,) = found_in(
        triangles((0, 0), (8, 0.2), (16, 0), (26, -0.5), (36, 0), (46, 0.8), (56, 0), (60, -0.1), (66, 0))
    )
    assert {name: value[0] for name, value in lead.items()} == {"r": 0.2, "s": -0.5, "r_prime": 0.8, "s_prime": -0.1}


def test_a_single_negative_deflection_is_qs():
    (lead,) = found_in(triangles((0, 0), (20, -1.2), (40, 0)), smallest=1e-4)
    assert lead == {"qs": (-1.2, 40.0)}


def test_a_deflection_smaller_than_counted_leaves_its_neighbours_whole():
    """A dip of 15 uV in R makes no S, and the widths run through it."""
    (lead,) = found_in(triangles((0, 0), (10, 0.5), (20, -0.015), (30, 0.5), (40, 0)))
    assert set(lead) == {"r"}


def test_a_deflection_shorter_than_6_ms_does_not_count():
    (lead,) = found_in(triangles((0, 0), (1, -0.2), (2, 0), (20, 1.0), (40, 0)))
    assert set(lead) == {"r"}


def test_an_isoelectric_beginning_belongs_to_no_deflection():
    (lead,) = found_in(triangles((0, 0), (20, 0.001), (40, 1.0), (60, 0)))
    assert lead["r"][1] == pytest.approx(60 - 20, abs=3)


def test_what_still_rises_when_qrs_ends_is_st_and_no_r_prime():
    (lead,) = found_in(triangles((0, 0), (10, 0.4), (20, 0), (30, -0.9), (40, 0), (46, 0.25)))
    assert set(lead) == {"r", "s"}


def test_leads_are_independent_of_each_other():
    both = np.concatenate([QRS, -QRS, np.zeros_like(QRS), QRS])
    first, inverted, flat, last = found_in(both)
    assert first == last == found_in(QRS)[0]
    assert flat == {}
    assert [inverted[name][0] for name in ("r", "s", "r_prime")] == [0.1, -1.0, 0.3]


@pytest.mark.parametrize("gain", [0.5, 2.0, 1000.0])
def test_gain_changes_amplitudes_exactly_and_no_duration(gain):
    rng = np.random.default_rng(0)
    qrs = rng.normal(0, 0.02, (40, 50)).cumsum(axis=1).astype(np.float32)
    noise = np.full(40, 0.005, dtype=np.float32)
    once = find_deflections(qrs, smallest_deflection(np.ptp(qrs, axis=1), noise))
    again = find_deflections(
        qrs * np.float32(gain), smallest_deflection(np.ptp(qrs * np.float32(gain), axis=1), noise * np.float32(gain))
    )
    np.testing.assert_allclose(again.amplitude, gain * once.amplitude, rtol=1e-6)
    np.testing.assert_allclose(again.duration, once.duration, atol=1e-3)


def test_amplitudes_agree_with_a_search_written_as_a_loop():
    rng = np.random.default_rng(1)
    qrs = rng.normal(0, 0.1, (60, 45)).cumsum(axis=1).astype(np.float32)
    qrs[:, -1] = 0
    found = find_deflections(qrs, np.full(60, 0.15, dtype=np.float32))
    for lead in range(60):
        assert np.array_equal(found.amplitude[lead], by_hand(qrs[lead], 0.15), equal_nan=True), lead


def by_hand(lead, smallest) -> np.ndarray:
    """Return float64 (6,): the same by walking along the samples."""
    peaks: list[float] = []
    for sign, value in zip(signs(lead, smallest), lead, strict=True):
        if sign and (not peaks or sign * peaks[-1] < 0):
            peaks.append(float(value))
        elif peaks and abs(value) > abs(peaks[-1]) and value * peaks[-1] > 0:
            peaks[-1] = float(value)
    if peaks and abs(peaks[-1]) - max(0.0, lead[-1] * np.sign(peaks[-1])) <= smallest:
        peaks.pop()
    named = np.full(6, np.nan)
    if len(peaks) == 1 and peaks[0] < 0:
        named[5] = peaks[0]
        return named
    first = 1 if peaks and peaks[0] > 0 else 0
    kept = peaks[: 5 - first]
    named[first : first + len(kept)] = kept
    return named


def signs(lead, smallest) -> list[int]:
    """Return the side on which the lead stays for three samples or more, 0 where on neither."""
    sign = [0] * lead.size
    for begin in range(lead.size - 2):
        three = lead[begin : begin + 3]
        if three.min() > smallest or three.max() < -smallest:
            sign[begin : begin + 3] = [int(np.sign(three[0]))] * 3
    return sign


def test_the_smallest_deflection_is_a_share_of_qrs_or_four_standard_errors():
    height, noise = np.array([1.0, 1.0], dtype=np.float32), np.array([0.001, 0.01], dtype=np.float32)
    np.testing.assert_allclose(smallest_deflection(height, noise), [0.02, 0.04], rtol=1e-6)
