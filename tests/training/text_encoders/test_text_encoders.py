"""What all text encoders promise, and what a study may name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.registry import resolve
from einthoven.training.text_encoders import TEXT_ENCODERS, TextEncoder, text_encoder


class _Lengths(TextEncoder):
    def encode_distinct(self, texts: Sequence[str]) -> np.ndarray:
        self.seen = list(texts)
        return np.array([[len(text), 1.0] for text in texts])


@pytest.mark.parametrize("name", TEXT_ENCODERS)
def test_every_listed_encoder_can_be_loaded(name):
    """A table is text: nothing but this notices a typing error in it."""
    assert issubclass(resolve("text_encoders", name, TEXT_ENCODERS), TextEncoder)


def test_equal_texts_have_one_vector_and_empty_ones_none():
    """Each distinct text is encoded once; spaces at its ends don't make it another one."""
    encoder = _Lengths()
    got = encoder.encode(["b c", "", " b  c ", "a", "\n"])
    assert encoder.seen == ["a", "b c"]
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, [[3, 1], [np.nan, np.nan], [3, 1], [1, 1], [np.nan, np.nan]])


def test_empty_texts_alone_have_no_width():
    """Nothing is made up."""
    assert _Lengths().encode(["", " "]).shape == (2, 0)
    assert _Lengths().encode([]).shape == (0, 0)


def test_an_unknown_name_is_answered_with_the_nearest():
    """A typing error is answered with the right word."""
    with pytest.raises(UnknownNameError, match="did you mean 'hashed_ngrams'"):
        text_encoder("hashed_ngram")


def test_what_is_no_text_encoder_is_refused(monkeypatch):
    """Another package's entry point has to follow the contract."""
    monkeypatch.setitem(TEXT_ENCODERS, "odd", "builtins:str")
    with pytest.raises(SpecificationError, match="'odd' must be a TextEncoder, got str"):
        text_encoder("odd")
