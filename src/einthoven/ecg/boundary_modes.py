"""What the far ends of an extension add to a filtered record, without filtering them: a sum of a few decaying modes.

A zero-phase Butterworth band-pass answers an impulse with ``h(tau) = sum_m c_m z_m^|tau|`` (beside tau = 0) over the
poles ``z_m`` of the digital filter. Those of the upper corner die within a tenth of a second, those of the lower one
take seconds. So a record filtered in a short period of ``N + 2 p`` samples lacks, at sample t,

    sum_m c_m z_m^(N - t) d_m,    d_m = sum_{s >= N} (long(s) - short(s)) z_m^(s - N),

over the slow poles, and the same from the left end; ``long`` and ``short`` are the two periodic extensions of the
record, equal for the first p samples. Each d_m is linear in the record, so the whole is ``(record @ read) @ write``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.input_spec import FilterSpec

__all__ = ["BoundaryModes", "Extension", "boundary_modes", "pole_modes"]

Complexes = NDArray[np.complex128]


class Extension(NamedTuple):
    """A record made periodic: ``n_samples`` of its own, ``pad`` by odd extension at each end, between them a ramp."""

    n_samples: int
    pad: int
    period: int


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryModes:
    """Linear maps from a record to its modes and from these to what is to be added.

    Attributes
    ----------
    read : float32 (sample, mode)
    write : float32 (mode, sample at the output rate)
    """

    read: NDArray[np.float32]
    write: NDArray[np.float32]


class PoleModes(NamedTuple):
    """Poles in the upper half plane with their weights in the impulse response, those of conjugates included.

    The response is ``real(sum(weight * pole ** abs(tau)))`` over both kinds, for integer tau other than 0.
    """

    slow: Complexes
    slow_weight: Complexes
    fast: Complexes
    fast_weight: Complexes


@lru_cache(maxsize=64)
def pole_modes(spec: FilterSpec, rate_hz: float) -> PoleModes:
    """Return poles and residues of the squared Butterworth band-pass of ``filters.squared_magnitude``.

    Parameters
    ----------
    spec : FilterSpec
        With ``high_hz`` several times ``low_hz``, else slow and fast poles can't be told apart.
    rate_hz : float
    """
    low, high = (math.tan(math.pi * corner / rate_hz) for corner in spec.band)
    n_poles = (spec.order + 1) // 2
    angle = np.pi * (2 * np.arange(n_poles) + spec.order + 1) / (2 * spec.order)
    prototype = np.cos(angle) + 1j * np.where(angle < np.pi - 1e-9, np.sin(angle), 0)
    # of S^2 - P (high - low) S + low high = 0, with S = (z - 1) / (z + 1); the small root without cancellation
    half = prototype * (high - low) / 2
    large = half - np.sqrt(half**2 - low * high)
    small = low * high / large
    poles = [(1 + root) / (1 - root) for root in (small, large)]
    both = np.where(prototype.imag > 0, 2, 1)
    weights = [
        -both * prototype * (pole + 1) ** 2 * (high - low) / (4 * spec.order * pole * (1 - low * high / root**2))
        for root, pole in zip((small, large), poles, strict=True)
    ]
    return PoleModes(poles[0], weights[0], poles[1], weights[1])


def boundary_modes(
    spec: FilterSpec, rate_hz: float, *, long: Extension, short: Extension, step: float, n_out: int
) -> BoundaryModes:
    """Return what turns a record filtered in ``short`` into one filtered in ``long``.

    Parameters
    ----------
    spec : FilterSpec
    rate_hz : float
        Of the record.
    long, short : Extension
        Of the same record, ``short.period`` not above ``long.period``.
    step, n_out
        Output sample k < ``n_out`` lies at sample ``k * step`` of the record.
    """
    modes = pole_modes(spec, rate_hz)
    powers = _slow_powers(spec, rate_hz, 1 << long.period.bit_length())
    right = _read_right(powers, long) - _read_right(powers, short)
    decay = modes.slow_weight[:, np.newaxis] * _powers(modes.slow**step, n_out)
    to_last = modes.slow ** (long.n_samples - (n_out - 1) * step)
    # both extensions are symmetric, so the left end reads the record backwards
    read = np.concatenate([right, right[:, ::-1]])
    write = np.concatenate([decay[:, ::-1] * to_last[:, np.newaxis], decay * modes.slow[:, np.newaxis]])
    parts = np.concatenate([write.real, -write.imag])
    needed = parts.any(axis=1)  # a real pole has no imaginary part
    return BoundaryModes(
        np.concatenate([read.real, read.imag])[needed].astype(np.float32).T, parts[needed].astype(np.float32)
    )


@lru_cache(maxsize=8)  # in powers of two, so that records of many lengths share them
def _slow_powers(spec: FilterSpec, rate_hz: float, n_powers: int) -> Complexes:
    powers = _powers(pole_modes(spec, rate_hz).slow, n_powers)
    powers.setflags(write=False)
    return powers


def _powers(bases: Complexes, n_powers: int) -> Complexes:
    """Return (base, power) from 0 on, as running products: 30 times as fast as powers, and exact enough."""
    factors = np.repeat(bases[:, np.newaxis], n_powers, axis=1)
    factors[:, 0] = 1
    powers: Complexes = np.cumprod(factors, axis=1, dtype=np.complex128)
    return powers


def _read_right(powers: Complexes, extension: Extension) -> Complexes:
    """Return (pole, sample): weights of the record in ``sum_{s >= N} periodic(s) pole^(s - N)``."""
    n_samples, pad, period = extension
    after_end = period - n_samples
    weight = np.concatenate([powers[:, after_end:period], powers[:, :after_end]], axis=1)
    weight /= 1 - powers[:, period : period + 1]
    right, left = n_samples + pad, period - pad
    ramp = np.linspace(0, 1, left - right + 2)[1:-1]
    weight[:, right - 1] += weight[:, right:left] @ (1 - ramp)
    weight[:, left % period] += weight[:, right:left] @ ramp
    of_record = weight[:, :n_samples].copy()
    of_record[:, -1] += 2 * weight[:, n_samples:right].sum(axis=1)
    of_record[:, n_samples - 1 - pad : -1] -= weight[:, n_samples:right][:, ::-1]
    of_record[:, 0] += 2 * weight[:, left:].sum(axis=1)
    of_record[:, 1 : pad + 1] -= weight[:, left:][:, ::-1]
    return of_record
