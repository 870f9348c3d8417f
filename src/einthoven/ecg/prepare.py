"""From a record to what a store holds: leads in order, filtered, resampled, freed of its baseline, quantised.

Done once, at ingest or at the service's door. There is no second implementation: the store keeps ``Prepared`` and the
service makes one, so a model is served what it was trained on.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.baseline_median import median_baseline
from einthoven.ecg.filters import check_rate
from einthoven.ecg.input_spec import IngestSpec
from einthoven.ecg.leads import LIMB_LEADS, derive_limb_leads, lead_mask
from einthoven.ecg.record import Record, Unit
from einthoven.ecg.resample import filter_and_resample
from einthoven.errors import LeadError, SignalError, UnitError

__all__ = ["ABSENT", "LARGEST_STEP", "Prepared", "prepare"]

ABSENT = -32768
"""Fills every sample of a lead that the record has not got."""

LARGEST_STEP = 32767
"""What a lead's peak is stored as."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One ECG as a store holds it.

    Attributes
    ----------
    quantised : int16 (lead, sample), -32767 to 32767
        -32768 in every sample of an absent lead.
    scale : float32 (lead,), mV (or no unit) per step
        The lead's peak / 32767; 0 for an absent lead and for one that is zero throughout.
    rate_hz : float
    leads : tuple of str
        Names of the rows, in the order of the spec.
    leads_present : int
        Bit mask over ``STANDARD_LEADS`` of the rows that are not absent, derived ones included.
    leads_derived : tuple of str
        Rows that were computed from other leads, here or by the reader.
    unit : ``mV`` or ``arbitrary``
        The record's.
    """

    quantised: NDArray[np.int16]
    scale: NDArray[np.float32]
    rate_hz: float
    leads: tuple[str, ...]
    leads_present: int
    leads_derived: tuple[str, ...]
    unit: Unit

    def signal(self) -> NDArray[np.float32]:
        """Return float32 (lead, sample) in ``unit``; an absent lead is zero."""
        return self.quantised * self.scale[:, np.newaxis]

    def signal_hash(self) -> str:
        """Return the 128-bit BLAKE2b of quantised values and scales, in hex: equal for equal prepared signals."""
        digest = hashlib.blake2b(np.ascontiguousarray(self.quantised, dtype="<i2").data, digest_size=16)
        digest.update(np.ascontiguousarray(self.scale, dtype="<f4").data)
        return digest.hexdigest()


def prepare(record: Record, ingest: IngestSpec) -> Prepared:
    """Return the record as the ingest half of a spec wants it.

    Leads are selected (or derived, or marked absent, as ``ingest.missing_lead`` says), filtered with zero phase,
    resampled so that sample k lies at ``k / ingest.rate_hz`` from the start, freed of the baseline that running medians
    show, and quantised with a scale per lead. What the spec doesn't ask for leaves the signal as it is, bit for bit.

    Parameters
    ----------
    record : Record
        A lead that is NaN throughout counts as missing.
    ingest : IngestSpec

    Raises
    ------
    UnitError
        When the spec wants mV and the record has no unit.
    LeadError
        When a lead is missing and may not be zero or can't be derived.
    SignalError
        When NaN or infinite samples lie inside a needed lead, or the record was sampled too slowly for the filter, or
        holds a single sample.
    """
    _check_unit(record, ingest)
    check_rate(ingest.filter, record.sampling_rate_hz, record_id=record.record_id)
    if record.signal.shape[1] < 2:
        raise SignalError(f"record {record.record_id} holds a single sample per lead, which is no signal")
    chosen = _choose_leads(record, ingest)
    if ingest.resampler == "linear" or ingest.filter.median_s:  # which may step over a NaN
        _check_finite(chosen.signal, chosen.leads, record)
    with np.errstate(invalid="ignore", over="ignore"):
        filtered = filter_and_resample(chosen.signal, record.sampling_rate_hz, ingest)
        if ingest.filter.median_s:
            filtered = filtered - median_baseline(filtered, ingest.rate_hz, ingest.filter.median_s)
    peak = np.maximum(filtered.max(axis=1), -filtered.min(axis=1))
    if not math.isfinite(peak.sum()):  # spares a pass over the signal: filters and resamplers pass NaN on
        _check_finite(chosen.signal, chosen.leads, record)
    steps, scale = _quantise(filtered, peak)
    if len(chosen.leads) < len(ingest.leads):
        steps, scale = _with_absent_leads(steps, scale, chosen.leads, ingest.leads)
    return Prepared(
        quantised=steps,
        scale=scale,
        rate_hz=ingest.rate_hz,
        leads=ingest.leads,
        leads_present=lead_mask(chosen.leads),
        leads_derived=chosen.derived,
        unit=record.unit,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    signal: NDArray[np.float32]  # (lead, sample)
    leads: tuple[str, ...]  # those of the spec that are there, in its order
    derived: tuple[str, ...]


def _check_unit(record: Record, ingest: IngestSpec) -> None:
    if ingest.unit == "mV" and record.unit != "mV":
        raise UnitError(
            f"record {record.record_id} has no amplitude unit ('arbitrary'), but the spec wants mV; declare the "
            "record's unit and scale when reading it, or set input.ingest.unit = 'arbitrary' and a normalisation"
        )


def _choose_leads(record: Record, ingest: IngestSpec) -> _Chosen:
    rows = _rows_with_signal(record)
    missing = [lead for lead in ingest.leads if lead not in rows]
    if missing and ingest.missing_lead == "derive":
        return _derive_leads(record, ingest, rows, missing)
    if missing and (ingest.missing_lead == "refuse" or len(missing) == len(ingest.leads)):
        raise LeadError(
            f"record {record.record_id} lacks {', '.join(missing)}, it has {', '.join(rows) or 'none'}; leave them out "
            "of input.ingest.leads, or set input.ingest.missing_lead to 'derive' or 'zero'"
        )
    present = tuple(lead for lead in ingest.leads if lead in rows)
    signal = record.signal if present == record.leads else record.signal[[rows[lead] for lead in present]]
    return _Chosen(signal, present, _derived_by_reader(record, present))


def _rows_with_signal(record: Record) -> dict[str, int]:
    """Return the row of each lead that isn't NaN throughout."""
    starts_with_nan = np.isnan(record.signal[:, 0])
    return {
        lead: row
        for row, lead in enumerate(record.leads)
        if not (starts_with_nan[row] and np.isnan(record.signal[row]).all())
    }


def _derive_leads(record: Record, ingest: IngestSpec, rows: dict[str, int], missing: list[str]) -> _Chosen:
    sources = [lead for lead in LIMB_LEADS if lead in rows]
    chest = [lead for lead in missing if lead not in LIMB_LEADS]
    if chest or len(sources) < 2:
        raise LeadError(
            f"record {record.record_id} lacks {', '.join(chest or missing)}: chest leads can't be derived, and limb "
            f"leads only from two others; it has {', '.join(rows) or 'none'}; leave them out of input.ingest.leads, "
            "or set input.ingest.missing_lead = 'zero'"
        )
    needed = [lead for lead in rows if lead in ingest.leads or lead in sources[:2]]
    signal = record.signal[[rows[lead] for lead in needed]]
    _check_finite(signal, needed, record)
    complete = derive_limb_leads(signal, needed)
    order = [complete.leads.index(lead) for lead in ingest.leads]
    derived = tuple(lead for lead in complete.derived if lead in missing)
    return _Chosen(complete.signal[order], ingest.leads, (*derived, *_derived_by_reader(record, ingest.leads)))


def _derived_by_reader(record: Record, leads: Sequence[str]) -> tuple[str, ...]:
    return tuple(lead for lead in record.provenance.leads_derived if lead in leads)


def _check_finite(signal: NDArray[np.float32], leads: Sequence[str], record: Record) -> None:
    finite = np.isfinite(signal)
    if finite.all():
        return
    row = int(np.flatnonzero(~finite.all(axis=1))[0])
    at = np.flatnonzero(~finite[row])
    raise SignalError(
        f"record {record.record_id} holds {at.size} NaN or infinite of {signal.shape[1]} samples in lead {leads[row]}, "
        f"the first at {at[0] / record.sampling_rate_hz:.3f} s; cut the record there, or set the whole lead to NaN"
    )


def _quantise(signal: NDArray[np.float32], peak: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    alive = peak > np.finfo(np.float32).tiny * LARGEST_STEP
    per_unit = np.divide(np.float32(LARGEST_STEP), peak, out=np.zeros_like(peak), where=alive)
    steps = signal * per_unit[:, np.newaxis]
    np.rint(steps, out=steps)
    scale = np.where(alive, peak / np.float32(LARGEST_STEP), np.float32(0))
    return steps.astype(np.int16, order="C"), scale


def _with_absent_leads(
    steps: NDArray[np.int16], scale: NDArray[np.float32], present: Sequence[str], wanted: Sequence[str]
) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    rows = [wanted.index(lead) for lead in present]
    all_steps = np.full((len(wanted), steps.shape[1]), ABSENT, dtype=np.int16)
    all_scales = np.zeros(len(wanted), dtype=np.float32)
    all_steps[rows], all_scales[rows] = steps, scale
    return all_steps, all_scales
