from __future__ import annotations

import pytest

from einthoven.errors import StatisticsError, TooFewObservationsError
from einthoven.evaluation.statistics.binary_outcome import binary_outcome, patient_codes


def test_patients_are_counted_by_name():
    """Codes follow the sorted names, so the order of rows does not matter."""
    codes, patients = patient_codes(["b", "a", "b"], n=3)
    assert (codes.tolist(), patients) == ([1, 0, 1], 2)


@pytest.mark.parametrize("names", [[7, 3, 7, 5], [10**12, -4, 10**12, 3], [2.5, 1.5, 2.5, 2.0]])
def test_numbers_serve_as_patients_like_names(names):
    """Close together, far apart, or fractions: the same codes."""
    codes, patients = patient_codes(names, n=4)
    assert (codes.tolist(), patients) == ([2, 0, 2, 1], 3)


@pytest.mark.parametrize(
    ("score", "truth", "clusters", "words"),
    [
        ([0.1, 0.2], [0, 2], None, "got 2 at position 1"),
        ([0.1], [0, 1], None, "of one length"),
        ([0.1, 0.2], [[0], [1]], None, "one axis"),
        ([0.1, 0.2], [0, 1], ["a"], "patient of each of the 2 records"),
    ],
)
def test_malformed_input_is_refused(score, truth, clusters, words):
    """The message names what is wrong."""
    with pytest.raises(StatisticsError, match=words):
        binary_outcome(score, truth, clusters=clusters)


def test_no_records_are_refused():
    """An empty table has no statistics."""
    with pytest.raises(TooFewObservationsError):
        binary_outcome([], [])
