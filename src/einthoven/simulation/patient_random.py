"""Random numbers for the paper trail and the ECGs of one patient: fixed by seed, site, number and purpose alone."""

from __future__ import annotations

import zlib
from enum import IntEnum

import numpy as np

__all__ = ["PaperPurpose", "patient_random"]


class PaperPurpose(IntEnum):
    """Purposes beside those of ``people.draws.Purpose``; each has a stream of its own."""

    TRAITS = 101
    SIGNAL = 102
    MACHINE = 103
    PROGRAM = 104
    REPORT = 105
    REGISTRY = 106


def patient_random(
    seed: int, *, site: str, number: int, purpose: PaperPurpose, index: int | None = None
) -> np.random.Generator:
    """Return a generator of one patient.

    Parameters
    ----------
    seed : int
    site : str
    number : int
        Of the patient within the site.
    purpose : PaperPurpose
    index : int, optional
        Of the ECG or report within the patient, so that one more changes no other.
    """
    key = () if index is None else (index,)
    entropy = [seed, zlib.crc32(site.encode()), number, int(purpose)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy, spawn_key=key)))
