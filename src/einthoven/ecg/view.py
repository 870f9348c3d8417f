"""What a model sees of a prepared signal: leads, a window, clipped and normalised amplitudes.

Array functions for NumPy arrays and torch tensors alike: they use only what both offer under one name and import
neither. Leading axes are free, ``(..., L, T)``; no record is touched by its neighbours in a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from einthoven.ecg.input_spec import ViewSpec
from einthoven.ecg.normalise import Level, clip, level_of, normalise
from einthoven.errors import LeadError, SignalError

__all__ = ["crop_starts", "record_level", "select_leads", "view", "window"]

# Any: numpy.typing and torch share no protocol of arithmetic
Array = TypeVar("Array", bound=Any)


def view(
    signal: Array,
    spec: ViewSpec,
    *,
    stored_leads: Sequence[str],
    start: int,
    length: int,
    level: Level[Array] | None = None,
) -> Array:
    """Return what a model sees of the window that begins at ``start``.

    The order is: leads, window, clip, normalise, pad. Zeros that fill a short record up therefore stay zero and have no
    part in its mean.

    Parameters
    ----------
    signal : float32 (..., L, T), mV or arbitrary
        The full record, or a part of it.
    spec : ViewSpec
    stored_leads : sequence of str
        Names of the L rows.
    start, length : int
        In samples.
    level : Level, optional
        That of the full record (``record_level``), where ``signal`` is a part and ``normalise.extent`` is ``record``.
    """
    leads = spec.leads or tuple(stored_leads)
    chosen = select_leads(signal, stored_leads, leads)
    if level is None:
        level = record_level(chosen, spec)
    seen = window(chosen, start, length, short=spec.short, pad=False)
    if spec.clip_mv is not None:
        seen = clip(seen, spec.clip_mv)
    return window(normalise(seen, spec.normalise, level), 0, length, short=spec.short)


def record_level(signal: Array, spec: ViewSpec) -> Level[Array] | None:
    """Return the level of a full record, which all its windows share; None where each window has its own.

    Parameters
    ----------
    signal : float32 (..., L, T)
        The leads that the model sees.
    spec : ViewSpec
        Its ``normalise`` and ``clip_mv`` are used.
    """
    if spec.normalise.extent == "window":
        return None
    return level_of(signal if spec.clip_mv is None else clip(signal, spec.clip_mv), spec.normalise)


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
    short : ``refuse``, ``pad_zero`` or ``pad_centre``
        Where the record ends inside the window, ``pad_zero`` fills up with zeros at the end, ``pad_centre`` on both
        sides: half of them, rounded down, come first.
    pad : bool
        False returns the short window as it is.

    Raises
    ------
    SignalError
        When the window reaches beyond the record and ``short`` is ``refuse``, or begins beyond it.
    """
    n_samples = signal.shape[-1]
    if not 0 <= start < n_samples or (short == "refuse" and start + length > n_samples):
        raise SignalError(
            f"a window of {length} samples from sample {start} on does not lie within a record of {n_samples}; shorten "
            "window_s, or set input.view.short = 'pad_zero' or 'pad_centre'"
        )
    seen: Array = signal[..., start : start + length]
    available = seen.shape[-1]
    if available == length or not pad:
        return seen
    padded: Array = seen[..., [0] * length] * 0  # zeros of the same kind, type and device
    first = (length - available) // 2 if short == "pad_centre" else 0
    padded[..., first : first + available] = seen
    return padded


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
                "window_s, or set input.view.short = 'pad_zero' or 'pad_centre'"
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
