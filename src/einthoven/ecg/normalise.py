"""Amplitudes as a model wants them: clipped, standardised, or mapped to a range.

Array functions for NumPy arrays and torch tensors alike, which use only what both offer under one name. What is taken
off and what is divided by is a ``Level``; it can be that of the window at hand or of the record it was cut from.
"""

from __future__ import annotations

from typing import Any, Generic, NamedTuple, TypeVar

from einthoven.ecg.input_spec import NormaliseSpec
from einthoven.errors import SpecificationError

__all__ = ["Level", "clip", "level_of", "normalise"]

# Any: numpy.typing and torch share no protocol of arithmetic
Array = TypeVar("Array", bound=Any)

FLAT = 2e-6
"""Standard deviation over mean that rounding in float32 leaves of a constant: up to ten units in the last place."""


class Level(NamedTuple, Generic[Array]):
    """What amplitudes are measured from and in.

    ``centre`` and ``spread`` are (..., L, 1), or (..., 1, 1) where all leads have one; ``(x - centre) / spread`` is the
    z-score, or the place between smallest and largest, from 0 to 1. The spread of constant amplitudes is infinite,
    which makes them 0.
    """

    centre: Array
    spread: Array


def clip(signal: Array, limit: float) -> Array:
    """Return the signal with amplitudes beyond +-``limit`` (in its own unit) cut off."""
    clipped: Array = signal.clip(-limit, limit)
    return clipped


def level_of(signal: Array, spec: NormaliseSpec) -> Level[Array]:
    """Return the level of (..., L, T), per lead or of all leads together, for ``zscore`` or ``minmax``."""
    centre = _centre(signal, spec)
    return Level(centre, _spread(signal - centre, centre, spec))


def normalise(signal: Array, spec: NormaliseSpec, level: Level[Array] | None = None) -> Array:
    """Return the signal scaled as ``spec`` says.

    ``zscore`` is ``(x - mean) / (sd + eps)`` with the population's sd, over the samples of a ``lead``, over all leads
    of a ``record`` together, or with the fixed values of a ``dataset``, which come after its ``lower`` and ``upper``
    limits. ``minmax`` is ``low + (high - low) * (x - min) / (max - min)``. Amplitudes that are constant become 0, and
    ``low`` with ``minmax``.

    Parameters
    ----------
    signal : float32 (..., L, T)
    spec : NormaliseSpec
        For ``dataset``, ``mean`` and ``std`` hold one value, or one per lead.
    level : Level, optional
        That of the record, where the signal is part of one; by default the signal's own.
    """
    if spec.method == "none":
        return signal
    if spec.scope == "dataset":
        return _with_fixed_values(signal, spec)
    centre = _centre(signal, spec) if level is None else level.centre
    moved = signal - centre
    scaled: Array = moved / (_spread(moved, centre, spec) if level is None else level.spread)
    if spec.method == "minmax":
        scaled = scaled * (spec.high - spec.low) + spec.low
    return scaled


def _centre(signal: Array, spec: NormaliseSpec) -> Array:
    """Return the mean, or the smallest value."""
    axes = _axes(spec)
    centre: Array = signal.mean(axis=axes, keepdims=True) if spec.method == "zscore" else _smallest(signal, axes)
    return centre


def _spread(moved: Array, centre: Array, spec: NormaliseSpec) -> Array:
    """Return ``sd + eps``, or the largest value, of a signal that is at its centre; infinite where it is constant."""
    axes = _axes(spec)
    if spec.method == "minmax":
        spread: Array = -_smallest(-moved, axes)
        spread[spread == 0] = float("inf")
        return spread
    deviation = (moved * moved).mean(axis=axes, keepdims=True) ** 0.5
    spread = deviation + spec.eps
    spread[deviation <= FLAT * abs(centre)] = float("inf")
    return spread


def _smallest(signal: Array, axes: tuple[int, ...]) -> Array:
    for axis in axes:
        extreme = signal.min(axis=axis, keepdims=True)
        signal = extreme[0] if isinstance(extreme, tuple) else extreme  # torch also says where it lies
    return signal


def _axes(spec: NormaliseSpec) -> tuple[int, ...]:
    return (-1,) if spec.scope == "lead" else (-1, -2)


def _with_fixed_values(signal: Array, spec: NormaliseSpec) -> Array:
    n_leads = signal.shape[-2]
    if {len(spec.mean), len(spec.std)} - {1, n_leads} or len(spec.mean) != len(spec.std):
        raise SpecificationError(
            f"normalise.mean and normalise.std need one value, or one for each of {n_leads} leads, "
            f"got {len(spec.mean)} and {len(spec.std)}"
        )
    limited = _limited(signal, spec)
    if len(spec.mean) == 1:
        scaled: Array = (limited - spec.mean[0]) / (spec.std[0] + spec.eps)
        return scaled
    scaled = limited * 1
    for lead in range(n_leads):
        scaled[..., lead, :] = (limited[..., lead, :] - spec.mean[lead]) / (spec.std[lead] + spec.eps)
    return scaled


def _limited(signal: Array, spec: NormaliseSpec) -> Array:
    """Return the signal between the fixed limits of each lead."""
    if not spec.lower and not spec.upper:
        return signal
    n_leads = signal.shape[-2]
    if {len(spec.lower), len(spec.upper)} - {0, 1, n_leads}:
        raise SpecificationError(
            f"normalise.lower and normalise.upper need one value, or one for each of {n_leads} leads, "
            f"got {len(spec.lower)} and {len(spec.upper)}"
        )
    lower = _one_per_lead(spec.lower or (float("-inf"),), n_leads)
    upper = _one_per_lead(spec.upper or (float("inf"),), n_leads)
    limited: Array = signal * 1
    for lead in range(n_leads):
        limited[..., lead, :] = signal[..., lead, :].clip(lower[lead], upper[lead])
    return limited


def _one_per_lead(values: tuple[float, ...], n_leads: int) -> tuple[float, ...]:
    return values if len(values) == n_leads else values * n_leads
