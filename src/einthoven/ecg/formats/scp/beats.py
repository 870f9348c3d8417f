"""Where the heart beats of an SCP-ECG record are (EN 1064, clause 5.7: section 4), for the compression it serves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.scp.sections import Section

__all__ = ["Beats", "beats"]

_COMPLEX = np.dtype([("kind", "<u2"), ("first", "<u4"), ("fiducial", "<u4"), ("last", "<u4")])
_ZONE = np.dtype([("first", "<u4"), ("last", "<u4")])
FIRST_WITH_ZONES = 12  # version 1.2: before, the zones of subtraction were the protected ones
HEAD_BYTES = 6


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """Samples are counted from 1.

    Attributes
    ----------
    beat_ms : int
        Length of the reference beat; 0 where there is none.
    beat_fiducial : int
        Its sample that is laid on the fiducial of a complex.
    kind, first, fiducial, last : int64 (complex,)
        Each complex: 0 where it is of the reference beat's kind; its sample to align; the zone of subtraction.
    protected : int64 (zone, 2)
        First and last sample of the zones that are stored at the full rate.
    """

    beat_ms: int
    beat_fiducial: int
    kind: NDArray[np.int64]
    first: NDArray[np.int64]
    fiducial: NDArray[np.int64]
    last: NDArray[np.int64]
    protected: NDArray[np.int64]


def beats(section: Section, *, protocol: int, needed: bool) -> Beats:
    """Return what section 4 says.

    Parameters
    ----------
    section : Section
    protocol : int
        Version times ten.
    needed : bool
        Whether the signal can't be had without: only then is a section that is cut short refused.
    """
    beat_ms, beat_fiducial, count = section.unpack("HHH")
    if not needed and len(section.body) < HEAD_BYTES + count * _COMPLEX.itemsize:
        count = 0
    section.require(HEAD_BYTES, count * _COMPLEX.itemsize)
    complexes = np.frombuffer(section.body, _COMPLEX, count, HEAD_BYTES)
    kind, first, fiducial, last = (complexes[name].astype(np.int64) for name in ("kind", "first", "fiducial", "last"))
    at = HEAD_BYTES + count * _COMPLEX.itemsize
    if 0 < protocol < FIRST_WITH_ZONES or at == len(section.body):
        return Beats(beat_ms, beat_fiducial, kind, first, fiducial, last, np.stack([first, last], axis=1))
    if not needed and len(section.body) < at + count * _ZONE.itemsize:
        count = 0
    section.require(at, count * _ZONE.itemsize)
    zones = np.frombuffer(section.body, _ZONE, count, at)
    protected = np.stack([zones["first"], zones["last"]], axis=1).astype(np.int64)
    return Beats(beat_ms, beat_fiducial, kind, first, fiducial, last, protected)
