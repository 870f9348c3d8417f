"""Which samples of a DICOM waveform stand for "not recorded" (PS3.3, C.10.9.1: Waveform Padding Value)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Padding", "find_padding"]

# how far beyond the other samples padding has to lie, as a share of their range, to be told from them
_APART = 0.1


class Padding(NamedTuple):
    """Bool (channel, sample), True where nothing was recorded, or None; and what a human should know."""

    absent: NDArray[np.bool_] | None
    note: str


def find_padding(digital: NDArray[Any], declared: int | None, *, sampling_rate_hz: float) -> Padding:
    """Return the samples that are padding.

    A declared value that lies clearly beyond all other samples marks padding wherever it occurs. One among the other
    samples, such as 0, is also a measured amplitude (converters declare 0 in files without any padding): there only
    stretches of a second and longer count. The lowest number of the type, in all channels at once, is padding also
    where nothing is declared.

    Parameters
    ----------
    digital : integer (channel, sample)
    declared : int, optional
    sampling_rate_hz : float
    """
    if declared is not None:
        hit = digital == declared
        if hit.any():
            return _of_declared(digital, hit, declared, sampling_rate_hz=sampling_rate_hz)
    lowest = np.iinfo(digital.dtype).min
    if lowest == 0 or len(digital) < 2:
        return Padding(None, "")
    everywhere = (digital == lowest).all(axis=0)
    if not everywhere.any():
        return Padding(None, "")
    absent = np.broadcast_to(everywhere, digital.shape)
    return Padding(absent, f"{everywhere.sum()} samples of {lowest} in all channels are taken for padding")


def _of_declared(digital: NDArray[Any], hit: NDArray[np.bool_], declared: int, *, sampling_rate_hz: float) -> Padding:
    apart = not int(digital.min()) < declared < int(digital.max()) and _is_apart(digital[~hit], declared)
    if apart:
        return Padding(hit, f"{hit.sum()} samples are padding, not recorded")
    absent = _long_runs(hit, shortest=min(max(1, round(sampling_rate_hz)), digital.shape[1]))
    if absent.any():
        return Padding(
            absent,
            f"{absent.sum()} samples of the padding value {declared} in stretches of 1 s and longer are not recorded; "
            "shorter ones are taken for amplitudes",
        )
    return Padding(
        None, f"{hit.sum()} samples equal the padding value {declared} but lie among the others: taken for amplitudes"
    )


def _is_apart(others: NDArray[Any], declared: int) -> bool:
    if not others.size:
        return True
    low, high = int(others.min()), int(others.max())
    limits = np.iinfo(others.dtype)
    gap = max(low - declared, declared - high)
    return gap > _APART * (high - low) or (gap > 0 and limits.min < 0 and declared in (limits.min, limits.max))


def _long_runs(hit: NDArray[np.bool_], *, shortest: int) -> NDArray[np.bool_]:
    """Return where True stands at least ``shortest`` times in a row."""
    kept = np.zeros(hit.shape, dtype=np.bool_)
    stride = max(
        1, shortest // 2
    )  # so long a run holds two neighbours of every such grid: most rows are done with that
    coarse = hit[:, ::stride]
    suspects = coarse.any(axis=1) if coarse.shape[1] < 2 else (coarse[:, 1:] & coarse[:, :-1]).any(axis=1)
    for channel in np.flatnonzero(suspects):
        edges = np.flatnonzero(np.diff(hit[channel].astype(np.int8), prepend=0, append=0))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            kept[channel, start:end] = end - start >= shortest
    return kept
