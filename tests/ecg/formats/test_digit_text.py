from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einthoven.ecg.formats.digit_text import decimal_numbers, narrowed, whole_numbers


@given(
    st.lists(st.integers(-(2**31), 2**31 - 1)), st.integers(1, 40), st.sampled_from([" ", "\n", "\t", "\r\n", "   "])
)
def test_any_list_of_numbers_is_read_as_it_was_written(values, times, blank):
    values = values * times
    found = whole_numbers(blank.join(map(str, values)) + blank)
    assert found is not None
    assert found.tolist() == values


@pytest.mark.parametrize(
    "words", ["1 2.0", "1,2", "1 - 2", "1 2 -", "-", "1-2", "--1", "1 x", "0x10", "1_0", "٣", "1\u00a02", "nan"]
)
def test_anything_else_is_no_list_of_whole_numbers(words):
    assert whole_numbers(words) is None
    assert whole_numbers("-7 " * 200 + words) is None
    assert whole_numbers(words + " -7" * 200) is None


@pytest.mark.parametrize("blanks", ["", " ", "\n \t" * 300])
def test_blanks_alone_are_no_numbers(blanks):
    assert whole_numbers(blanks).size == 0


@pytest.mark.parametrize("times", [1, 200])
def test_plus_signs_are_understood_and_giants_end_beyond_all_limits(times):
    assert whole_numbers("+3 " * times).tolist() == [3] * times
    assert narrowed(whole_numbers(f"{'9' * 40} " * times), limit=2**31 - 1) is None
    assert narrowed(whole_numbers(f"-{'9' * 40} " * times), limit=2**31 - 1) is None


def test_the_narrowest_width_is_taken():
    assert narrowed(np.array([1, -32767]), limit=2**31 - 1).dtype == np.int16
    assert narrowed(np.array([1, -32768]), limit=2**31 - 1).dtype == np.int32
    assert narrowed(np.array([2**31]), limit=2**31 - 1) is None
    assert narrowed(whole_numbers("9" * 40), limit=2**31 - 1) is None
    assert narrowed(np.array([], dtype=np.int64), limit=9).size == 0


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_decimals_are_read_as_they_were_written(values):
    assert decimal_numbers(" ".join(map(repr, values))).tolist() == values


@pytest.mark.parametrize("words", ["1,5", "1 - 2", "1-2", "1_0", "nan", "inf", "1e999", "1 x", "0x1p3", "٣"])
def test_anything_else_is_no_list_of_decimals(words):
    assert decimal_numbers(words) is None
