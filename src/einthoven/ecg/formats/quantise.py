"""A record's millivolts as the whole numbers that a file stores."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.record import Record
from einthoven.errors import SignalError, UnitError

__all__ = ["Quantised", "one_step_for_all", "quantise", "refuse_arbitrary", "refuse_gaps"]

INT16_PEAK = 32767
_WHOLE = 1e-3  # of a step: what float32 leaves of a whole number at 32,767 steps is 2e-3


class Quantised(NamedTuple):
    """``signal = digital * step_mv``; ``absent`` marks samples that the recorder had not got (their digital is 0)."""

    digital: NDArray[np.int16]
    step_mv: tuple[float, ...]
    absent: NDArray[np.bool_] | None


def quantise(record: Record, *, max_decimals: int | None = None) -> Quantised:
    """Return int16 (lead, sample) and the amplitude of one unit per lead; at most half a unit is lost.

    The original step of the file is kept where all samples are whole multiples of it, so that converting back and
    forth loses nothing; else the step is the lead's peak / 32,767.

    Parameters
    ----------
    record : Record
    max_decimals : int, optional
        Decimals that the format has for a step, in nanovolts (SCP-ECG: 0, whole nanovolts); steps are rounded up.

    Raises
    ------
    UnitError
        When the record is in arbitrary units.
    """
    refuse_arbitrary(record)
    absent = np.isnan(record.signal)
    steps = _original_steps(record)
    rows: list[NDArray[np.int16]] = []
    chosen: list[float] = []
    for row, lead in enumerate(record.leads):
        samples = np.nan_to_num(record.signal[row], nan=0.0)
        step = _step(samples, original=steps.get(lead), max_decimals=max_decimals)
        rows.append(_whole(samples, step))
        chosen.append(step)
    return Quantised(np.stack(rows), tuple(chosen), absent if absent.any() else None)


def one_step_for_all(record: Record, *, max_decimals: int | None = None) -> Quantised:
    """Return the same with one step for all leads, as formats with a single gain need."""
    at_once = _original_step_of_all(record, max_decimals=max_decimals)
    if at_once is not None:
        return at_once
    apart = quantise(record, max_decimals=max_decimals)
    samples = np.nan_to_num(record.signal, nan=0.0)
    for step in sorted(set(apart.step_mv)):
        if _fits(samples, step):
            return Quantised(_whole(samples, step), (step,) * len(record.leads), apart.absent)
    step = _step(samples, original=None, max_decimals=max_decimals)
    return Quantised(_whole(samples, step), (step,) * len(record.leads), apart.absent)


def refuse_arbitrary(record: Record) -> None:
    """Refuse a record without millivolts where a clinical format promises them."""
    if record.unit != "mV":
        raise UnitError(
            f"record {record.record_id} is in arbitrary units, a clinical file promises millivolts: "
            "declare its unit, or write .npz"
        )


def refuse_gaps(quantised: Quantised, record: Record, *, format_name: str) -> None:
    """Refuse samples that were not recorded where a format has no mark for them."""
    if quantised.absent is not None:
        raise SignalError(
            f"record {record.record_id} has samples that were not recorded, for which {format_name} has no mark: "
            "write WFDB, DICOM, NPZ or CSV"
        )


def _original_step_of_all(record: Record, *, max_decimals: int | None) -> Quantised | None:
    """Return the samples in the step that the file had for all leads; None where leads differ or don't fit.

    It is what the lead by lead search finds, in one pass: writing an archive of such files is a third of its work.
    """
    refuse_arbitrary(record)
    steps = _original_steps(record)
    common = {steps.get(lead) for lead in record.leads}
    step = common.pop() if len(common) == 1 else None
    if not step or step <= 0 or not _is_whole(step * 1e6, max_decimals):
        return None
    scaled = np.divide(record.signal, step, dtype=np.float64)
    whole = np.rint(scaled)
    largest = max(float(whole.max()), -float(whole.min()))
    scaled -= whole
    rest = max(float(scaled.max()), -float(scaled.min()))
    # comparisons with NaN are false: a record with gaps takes the slower way
    if not (largest <= INT16_PEAK and rest <= max(_WHOLE, largest * 1.2e-7)):
        return None
    return Quantised(whole.astype(np.int16), (step,) * len(record.leads), None)


def _original_steps(record: Record) -> dict[str, float]:
    provenance = record.provenance
    if len(provenance.original_step_mv) != len(provenance.leads_stored):
        return {}
    steps = dict(zip(provenance.leads_stored, provenance.original_step_mv, strict=True))
    if len(set(steps.values())) == 1:  # a derived lead is a sum of halves of the others
        step = next(iter(steps.values()))
        steps |= dict.fromkeys(provenance.leads_derived, step / 2)
    return steps


def _step(samples: NDArray[np.float32], *, original: float | None, max_decimals: int | None) -> float:
    if original and original > 0 and _fits(samples, original) and _is_whole(original * 1e6, max_decimals):
        return original
    peak = float(np.abs(samples).max(initial=0.0))
    step = peak / INT16_PEAK if peak > 0 else 1e-3
    if max_decimals is None:
        return step
    scale = 10.0**max_decimals
    return max(1.0, math.ceil(step * 1e6 * scale)) / scale / 1e6


def _is_whole(nanovolts: float, max_decimals: int | None) -> bool:
    if max_decimals is None:
        return True
    scaled = nanovolts * 10.0**max_decimals
    return abs(scaled - round(scaled)) < 1e-6 * max(1.0, scaled)


def _fits(samples: NDArray[np.float32], step: float) -> bool:
    """Return whether all samples are whole multiples of the step, and few enough for int16."""
    scaled = samples.astype(np.float64) / step
    whole = np.rint(scaled)
    near = np.abs(scaled - whole).max(initial=0.0) <= max(_WHOLE, float(np.abs(whole).max(initial=0.0)) * 1.2e-7)
    return bool(near and np.abs(whole).max(initial=0.0) <= INT16_PEAK)


def _whole(samples: NDArray[np.float32], step: float) -> NDArray[np.int16]:
    scaled = np.rint(samples.astype(np.float64) / step)
    return np.clip(scaled, -INT16_PEAK, INT16_PEAK).astype(np.int16)
