"""What a model sees of a prepared signal: leads, a window, clipped and normalised amplitudes.

Array functions for NumPy arrays and torch tensors alike: they use only what both offer under one name and import
neither. Leading axes are free, ``(..., L, T)``; no record is touched by its neighbours in a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from einthoven.ecg.input_spec import NormaliseSpec, ViewSpec
from einthoven.errors import LeadError, SignalError, SpecificationError

__all__ = ["clip", "crop_starts", "normalise", "select_leads", "view", "window"]

# Any: numpy.typing and torch share no protocol of arithmetic
Array = TypeVar("Array", bound=Any)


def view(signal: Array, spec: ViewSpec, *, stored_leads: Sequence[str], start: int, length: int) -> Array:
    """Return what a model sees of the window that begins at ``start``.

    The order is: leads, window, clip, normalise, pad. Zeros that fill a short record up therefore stay zero and have no
    part in its mean.

    Parameters
    ----------
    signal : float32 (..., L, T), mV or arbitrary
    spec : ViewSpec
    stored_leads : sequence of str
        Names of the L rows.
    start, length : int
        In samples.
    """
    leads = spec.leads or tuple(stored_leads)
    seen = window(select_leads(signal, stored_leads, leads), start, length, short=spec.short, pad=False)
    if spec.clip_mv is not None:
        seen = clip(seen, spec.clip_mv)
    return window(normalise(seen, spec.normalise), 0, length, short=spec.short)


def select_leads(signal: Array, stored: Sequence[str], wanted: Sequence[str]) -> Array:
    """Return the wanted rows of (..., L, T), in the order wanted.

    Raises
    ------
    LeadError
        When a wanted lead is not stored.
    """
    if tuple(stored) == tuple(wanted):
        return signal
    missing = [lead for lead in wanted if lead not in stored]
    if missing:
        raise LeadError(f"leads must be stored ones ({', '.join(stored)}), got {', '.join(missing)}")
    selected: Array = signal[..., [list(stored).index(lead) for lead in wanted], :]
    return selected


def window(signal: Array, start: int, length: int, *, short: str = "refuse", pad: bool = True) -> Array:
    """Return ``length`` samples from ``start`` on.

    Parameters
    ----------
    signal : (..., L, T)
    start, length : int
        In samples.
    short : ``refuse`` or ``pad_zero``
        Where the record ends inside the window, ``pad_zero`` fills up with zeros at the end.
    pad : bool
        False returns the short window as it is.

    Raises
    ------
    SignalError
        When the window reaches beyond the record and ``short`` is ``refuse``, or begins beyond it.
    """
    n_samples = signal.shape[-1]
    if not 0 <= start < n_samples or (short != "pad_zero" and start + length > n_samples):
        raise SignalError(
            f"a window of {length} samples from sample {start} on does not lie within a record of {n_samples}; shorten "
            "window_s, or set input.view.short = 'pad_zero'"
        )
    seen: Array = signal[..., start : start + length]
    available = seen.shape[-1]
    if available == length or not pad:
        return seen
    padded: Array = seen[..., [0] * length] * 0  # zeros of the same kind, type and device
    padded[..., :available] = seen
    return padded


def clip(signal: Array, limit: float) -> Array:
    """Return the signal with amplitudes beyond +-``limit`` (in its own unit) cut off."""
    clipped: Array = signal.clip(-limit, limit)
    return clipped


def normalise(signal: Array, spec: NormaliseSpec) -> Array:
    """Return the signal scaled as ``spec`` says.

    ``zscore`` is ``(x - mean) / (sd + eps)`` with the population's sd, over the samples of a ``lead``, over all leads
    of a ``record`` together, or with the fixed values of a ``dataset``. A lead that is constant becomes zero.

    Parameters
    ----------
    signal : float32 (..., L, T)
    spec : NormaliseSpec
        For ``dataset``, ``mean`` and ``std`` hold one value, or one per lead.
    """
    if spec.method == "none":
        return signal
    if spec.scope == "dataset":
        return _with_fixed_values(signal, spec)
    axis = -1 if spec.scope == "lead" else (-2, -1)
    centred = signal - signal.mean(axis=axis, keepdims=True)
    deviation = (centred * centred).mean(axis=axis, keepdims=True) ** 0.5
    scaled: Array = centred / (deviation + spec.eps)
    return scaled


def _with_fixed_values(signal: Array, spec: NormaliseSpec) -> Array:
    n_leads = signal.shape[-2]
    if {len(spec.mean), len(spec.std)} - {1, n_leads} or len(spec.mean) != len(spec.std):
        raise SpecificationError(
            f"normalise.mean and normalise.std need one value, or one for each of {n_leads} leads, "
            f"got {len(spec.mean)} and {len(spec.std)}"
        )
    if len(spec.mean) == 1:
        scaled: Array = (signal - spec.mean[0]) / (spec.std[0] + spec.eps)
        return scaled
    scaled = signal * 1
    for lead in range(n_leads):
        scaled[..., lead, :] = (signal[..., lead, :] - spec.mean[lead]) / (spec.std[lead] + spec.eps)
    return scaled


def crop_starts(spec: ViewSpec, rate_hz: float, n_samples: int) -> list[int]:
    """Return where the test windows of one record begin, in samples, ascending.

    ``test_crops_s``, each moved back to where the window still fits; or, for a record that holds at least two of the
    windows of ``long``, those: ``stride_s`` apart from the start on, or spread evenly over the record when the stride
    is 0.

    Raises
    ------
    SignalError
        When the record is shorter than the window and ``spec.short`` is ``refuse``.

    Examples
    --------
    >>> crop_starts(ViewSpec(window_s=9.0), 250.0, 2500)
    [0, 125, 250]
    >>> crop_starts(ViewSpec(window_s=9.0), 250.0, 2300)
    [0, 50]
    """
    length = round(spec.window_s * rate_hz)
    latest = n_samples - length
    if latest < 0:
        if spec.short == "refuse":
            raise SignalError(
                f"a record of {n_samples / rate_hz:g} s is shorter than the window of {spec.window_s:g} s; shorten "
                "window_s, or set input.view.short = 'pad_zero'"
            )
        return [0]
    long_starts = _long_starts(spec, rate_hz, latest)
    if len(long_starts) > 1:
        return long_starts
    return sorted({min(round(start * rate_hz), latest) for start in spec.test_crops_s})


def _long_starts(spec: ViewSpec, rate_hz: float, latest: int) -> list[int]:
    windows = spec.long.windows
    if windows < 2:
        return []
    stride = round(spec.long.stride_s * rate_hz)
    if stride == 0:
        return sorted({round(index * latest / (windows - 1)) for index in range(windows)})
    return [start for start in range(0, windows * stride, stride) if start <= latest]
