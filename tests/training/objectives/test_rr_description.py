"""The five numbers of intervals against NumPy, and what they say of known rhythms."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.training.objectives.r_peaks import RPeaks
from einthoven.training.objectives.rr_description import CENTRE, NUMBERS, SPREAD, rr_description


def _peaks(*times_s: np.ndarray) -> RPeaks:
    at = torch.zeros(len(times_s), max(map(len, times_s)))
    found = torch.zeros_like(at, dtype=torch.bool)
    for row, times in enumerate(times_s):
        at[row, : len(times)] = torch.from_numpy(100 * times)
        found[row, : len(times)] = True
    return RPeaks(at, found)


def _raw(*times_s: np.ndarray) -> dict[str, np.ndarray]:
    values = rr_description(_peaks(*times_s), 100.0, minimum_beats=4).values.numpy() * SPREAD + CENTRE
    return dict(zip(NUMBERS, values.T, strict=True))


def test_the_numbers_are_those_of_their_formulas():
    """By hand, beside a window of another number of beats."""
    rr = np.array([0.9, 0.5, 1.1, 0.8, 0.75])
    got = _raw(np.r_[0, np.cumsum(rr)], np.arange(12.0))
    relative = rr / rr.mean()
    change = np.diff(relative)
    rmssd = np.sqrt(np.mean(change**2))
    expected = (
        np.log(rr.mean()),
        np.log(relative.std() + 0.01),
        np.log(rmssd + 0.01),
        np.mean(relative < 0.85),
        -np.sum(change[1:] * change[:-1]) / np.sum(change**2) * rmssd / (rmssd + 0.01),
    )
    assert [got[name][0] for name in NUMBERS] == pytest.approx(expected, rel=1e-4)


def test_known_rhythms_are_told_apart():
    """Regular, irregular, every second beat early."""
    steady, irregular = np.arange(0, 10, 0.8), np.cumsum(np.random.default_rng(0).uniform(0.5, 1.1, 12))
    bigeminy = np.cumsum(np.tile([0.5, 1.1], 6))
    got = _raw(steady, irregular, bigeminy)
    assert got["log_rmssd"][0] == pytest.approx(np.log(0.01), abs=0.01)
    assert got["log_rmssd"][1] > np.log(0.1)
    assert got["alternation"].round(2).tolist()[::2] == pytest.approx([0.0, 0.89], abs=0.02)
    assert got["short"][2] == pytest.approx(5 / 11)


def test_too_few_beats_are_not_known_and_give_no_nan():
    """From none to three."""
    described = rr_description(
        _peaks(np.zeros(0), np.array([1.0]), np.array([1.0, 2, 3]), np.arange(4.0)), 100, minimum_beats=4
    )
    assert described.known.tolist() == [False, False, False, True]
    assert (described.values[:3] == 0).all()
    assert described.values.isfinite().all()
