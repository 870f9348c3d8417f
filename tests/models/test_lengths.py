"""Which windows an architecture takes, and how that is said."""

from __future__ import annotations

import pytest

from einthoven.errors import SignalError
from einthoven.models.lengths import Lengths


@pytest.mark.parametrize(
    ("lengths", "taken", "refused", "said"),
    [
        (Lengths(32), (32, 33, 10**6), (31, 0), "at least 32 samples"),
        (Lengths(50, maximum=100), (50, 73, 100), (49, 101), "at least 50 and at most 100 samples"),
        (Lengths(50, multiple_of=50), (50, 100), (75, 0), "at least 50 samples in multiples of 50"),
        (Lengths(4096, maximum=4096), (4096,), (4095, 4097), "exactly 4096 samples"),
    ],
)
def test_what_is_stated_is_what_is_taken(lengths, taken, refused, said):
    for samples in taken:
        lengths.check(samples, name="Net")
    for samples in refused:
        with pytest.raises(SignalError, match=f"Net needs {said}, got {samples}"):
            lengths.check(samples, name="Net")
