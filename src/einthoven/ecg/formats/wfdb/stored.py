"""The signal of a WFDB record between its bytes and the ``Record``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["ChecksumPair", "StoredSignal", "joined_words"]


class ChecksumPair(NamedTuple):
    """The 16-bit sum of one lead: what the header promises (None where it is silent) and what the samples give."""

    file_name: str
    lead: str
    promised: int | None
    found: int


@dataclass(frozen=True, slots=True, eq=False)
class StoredSignal:
    """Standard leads of a record.

    Attributes
    ----------
    signal : float32 (lead, sample), mV
    leads : tuple of str
        In canonical order.
    unit : str
        As spelled in the header.
    contents : sequence of bytes
        Of all files but the header itself, in reading order.
    checksums : sequence of ChecksumPair
    notes : sequence of str
    step_mv : tuple of float
        What one stored unit of each lead is worth; empty where it isn't the same throughout.
    """

    signal: NDArray[np.float32]
    leads: tuple[str, ...]
    unit: str
    contents: Sequence[bytes]
    checksums: Sequence[ChecksumPair]
    notes: Sequence[str]
    step_mv: tuple[float, ...] = ()


def joined_words(words: Sequence[str]) -> str:
    """Return the different words, in order.

    Examples
    --------
    >>> joined_words(["mV", "uV", "mV"])
    'mV, uV'
    """
    return ", ".join(dict.fromkeys(words))
