"""Long lists of numbers written as decimal text, as XML and JSON formats store samples."""

from __future__ import annotations

import contextlib
import re
import warnings

import numpy as np
from numpy.typing import NDArray

__all__ = ["decimal_numbers", "narrowed", "whole_numbers"]

_BLANK, _PLUS, _MINUS, _ZERO, _NINE = (ord(character) for character in " +-09")
_INT16 = 32767
_FEW_CHARACTERS = 300
_NO_DECIMAL = re.compile(r"[^0-9eE+\-.\s]", re.ASCII)


def whole_numbers(words: str) -> NDArray[np.int64] | None:
    """Return int64 (sample,) from numbers with blanks between them, None when anything else stands there.

    NumPy's own parser is fast but lenient: a lone sign, or no number at all, is zero to it, and ``1-2`` two numbers.

    Examples
    --------
    >>> whole_numbers("3 -4 5"), whole_numbers("3 4.5"), whole_numbers("3 - 5"), whole_numbers("3-5")
    (array([ 3, -4,  5]), None, None, None)
    """
    if len(words) < _FEW_CHARACTERS:
        with contextlib.suppress(OverflowError):
            return _few(words)
    if words.isspace():
        return np.empty(0, dtype=np.int64)
    if not _signs_lead_numbers(words):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return np.fromstring(words, dtype=np.int64, sep=" ")
        except (DeprecationWarning, ValueError):
            return None


def decimal_numbers(words: str) -> NDArray[np.float64] | None:
    """Return float64 (sample,) from finite numbers with blanks between them, None when anything else stands there.

    Examples
    --------
    >>> decimal_numbers("3 -4.5 1e-3"), decimal_numbers("3 nan"), decimal_numbers("3 - 5"), decimal_numbers("3,5")
    (array([ 3.000e+00, -4.500e+00,  1.000e-03]), None, None, None)
    """
    if _NO_DECIMAL.search(words):
        return None
    try:
        amplitudes = np.array(words.split(), dtype=np.float64)
    except ValueError:
        return None
    return amplitudes if np.isfinite(amplitudes).all() else None


def narrowed(whole: NDArray[np.int64], *, limit: int) -> NDArray[np.int16] | NDArray[np.int32] | None:
    """Return the numbers in 16 or 32 bits, None when one is beyond ``limit`` (at most 2^31 - 1)."""
    peak = max(int(whole.max(initial=0)), -int(whole.min(initial=0)))
    if peak > limit:
        return None
    return whole.astype(np.int16) if peak <= _INT16 else whole.astype(np.int32)


def _few(words: str) -> NDArray[np.int64] | None:
    """Return the same for a short text, for which the checks of a long one would take longer than Python does."""
    if not words.isascii() or "_" in words:
        return None
    try:
        return np.array([int(word) for word in words.split()], dtype=np.int64)
    except ValueError:
        return None


def _signs_lead_numbers(words: str) -> bool:
    """Return whether each sign stands behind a blank and before a digit."""
    try:
        text = np.frombuffer(f" {words} ".encode("ascii"), dtype=np.uint8)
    except UnicodeEncodeError:
        return False
    signs = np.flatnonzero((text == _MINUS) | (text == _PLUS))
    after = text[signs + 1]
    return bool((text[signs - 1] <= _BLANK).all() and ((after >= _ZERO) & (after <= _NINE)).all())
