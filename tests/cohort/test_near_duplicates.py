"""Recordings that are in a collection twice are found among those that aren't."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.cohort.near_duplicates import RADIUS, close_pairs, near_duplicates
from einthoven.cohort.signal_fingerprint import fingerprint
from einthoven.errors import CohortError
from fakes.distinct_ecgs import distinct_ecg, refiltered

RATE_HZ = 250.0


def archive() -> dict[str, np.ndarray]:
    """Twenty patients with two recordings each, and some recordings twice."""
    signals = {
        f"p{patient}.{number}": distinct_ecg(patient, recording=number) for patient in range(20) for number in range(2)
    }
    signals["copy of p3.0"] = -1000 * refiltered(signals["p3.0"], RATE_HZ)
    signals["piece of p7.1"] = signals["p7.1"][:, 500:1750]
    signals["silence"] = np.zeros((8, 2500), dtype=np.float32)
    signals["more silence"] = np.zeros((8, 2500), dtype=np.float32)
    return signals


def test_copies_are_found_and_other_recordings_of_the_patient_are_not():
    """With correlation, lag and gain; progress ends at the number of candidates."""
    signals, told = archive(), []
    ids = list(signals)
    prints = np.array([fingerprint(signals[name], RATE_HZ) for name in ids])
    found = near_duplicates(
        ids, prints, signals.__getitem__, rate_hz=RATE_HZ, progress=lambda done, total: told.append((done, total))
    )
    assert [(pair.first, pair.second) for pair in found] == [("p3.0", "copy of p3.0"), ("p7.1", "piece of p7.1")]
    copy, piece = found
    assert copy.correlation < -0.95
    assert copy.gain == pytest.approx(1000, rel=0.1)
    assert piece.lag_s == pytest.approx(2.0, abs=0.01)
    assert told[-1][0] == told[-1][1] >= 2


@pytest.mark.parametrize("n", [0, 1, 2, 50, 4500])
def test_close_pairs_are_those_of_comparing_all_with_all(n):
    """Over the borders of blocks, too; none is named twice."""
    generator = np.random.default_rng(n)
    prints = generator.normal(size=(n, 6)).astype(np.float32)
    prints /= np.maximum(np.linalg.norm(prints, axis=1, keepdims=True), 1e-9)
    if n > 2:
        prints[1] = 0
    alive = np.any(prints != 0, axis=1)
    first, second = np.nonzero(np.triu(prints @ prints.T >= np.float32(1 - RADIUS**2 / 2), 1) & alive & alive[:, None])
    expected = set(zip(first.tolist(), second.tolist(), strict=True))
    found = [tuple(pair) for pair in close_pairs(prints).tolist()]
    # a pair on the very bound may fall either way by rounding
    assert len(set(found) ^ expected) <= len(expected) / 1000
    assert found == sorted(set(found))


def test_where_all_are_alike_the_nearest_are_compared():
    """A simulator's ECGs would cost the square of their number; the copy among them is found nevertheless."""
    generator = np.random.default_rng(0)
    prints = (np.eye(64)[0] + generator.normal(0, 0.01, (900, 64))).astype(np.float32)
    prints[700] = prints[30]
    prints /= np.linalg.norm(prints, axis=1, keepdims=True)
    pairs = close_pairs(prints)
    assert [30, 700] in pairs.tolist()
    assert len(pairs) <= 21 * 900


def test_missing_fingerprint_is_refused():
    """One per id."""
    with pytest.raises(CohortError, match="got 1 for 2 records"):
        near_duplicates(["a", "b"], np.ones((1, 64), np.float32), {}.__getitem__, rate_hz=RATE_HZ)
