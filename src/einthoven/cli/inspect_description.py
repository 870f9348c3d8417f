"""What ``einthoven inspect`` tells of one ECG, as plain values: the keys of its JSON.

Numbers that aren't known are null, and so is NaN; texts and lists that aren't known are empty. Keys may be added in
later versions, none is renamed.

``record``, ``path``, ``format``
    Name of the record, its file, the reader in the table of formats.
``error``, ``error_kind``
    Only these stand beside the three above when the ECG can't be read: the message, and the class in
    ``einthoven.errors``.
``patient_id``, ``age_years``, ``sex``, ``time``, ``time_kind``, ``device``
    As in ``Record``; time in ISO 8601.
``leads``, ``rate_hz``, ``samples``, ``seconds``, ``unit``
    Leads in canonical order; ``unit`` is ``mV`` or ``arbitrary``.
``measurements``, ``lead_measurements``
    The machine's own, by name (``einthoven.ecg.formats.measurement_names``); the latter by lead first.
``statements``, ``original_statements``
    As confirmed, and what the machine had said before.
``median_beat``
    null, or an object of ``leads``, ``rate_hz``, ``samples``, ``seconds``.
``annotations``
    Objects of ``time_s``, ``label``, ``lead`` (null: all leads).
``acceptable``, ``quality``, ``lead_quality``
    Whether a cardiologist would read the ECG; the fields of ``einthoven.ecg.quality.Quality``, those that start with
    ``leads_`` as lists of leads; and by lead ``unusable_share``, ``nan_share``, ``flat_share``, ``clipped_share``,
    ``height_mv``, ``wander_mv``, ``noise_mv``, ``mains_50_mv``, ``mains_60_mv``, ``agreement`` and ``faults``.
``provenance``
    The fields of ``einthoven.ecg.record.Provenance``.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.quality import Quality
    from einthoven.ecg.record import MedianBeat, Record

__all__ = ["Description", "describe", "describe_error", "quality_remarks", "to_json"]

Description = dict[str, Any]
FAULTS = ("missing", "flat", "clipped", "unusable", "wandering", "noisy", "mains")
_IN_MV = ("height", "wander", "noise", "mains_50", "mains_60")


def describe(record: Record, location: RecordLocation) -> Description:
    """Return what is known of a record, with the keys above."""
    from einthoven.ecg.quality import quality

    measured = quality(record)
    return {
        "record": record.record_id,
        "path": location.path,
        "format": location.format,
        "patient_id": record.patient_id,
        "age_years": record.age_years,
        "sex": record.sex,
        "time": record.time.isoformat() if record.time else None,
        "time_kind": record.time_kind,
        "device": record.device,
        "leads": list(record.leads),
        "rate_hz": record.sampling_rate_hz,
        "samples": record.signal.shape[1],
        "seconds": round(record.duration_s, 3),
        "unit": record.unit,
        "measurements": dict(record.measurements),
        "lead_measurements": {lead: dict(values) for lead, values in record.lead_measurements.items()},
        "statements": list(record.statements),
        "original_statements": list(record.original_statements),
        "median_beat": _median_beat(record.median_beat),
        "annotations": [dataclasses.asdict(annotation) for annotation in record.annotations],
        "acceptable": measured.acceptable,
        "quality": _named_leads(measured),
        "lead_quality": _lead_quality(record, measured),
        "provenance": dataclasses.asdict(record.provenance),
    }


def describe_error(error: Exception, location: RecordLocation) -> Description:
    """Return what stands in the place of an ECG that can't be read."""
    return {
        "record": location.record_id,
        "path": location.path,
        "format": location.format,
        "error": str(error),
        "error_kind": type(error).__name__,
    }


def quality_remarks(description: Description) -> list[str]:
    """Return in words what keeps the ECG, or some of its leads, from being read as it is."""
    measured = description["quality"]
    lost: set[str] = set()
    remarks: list[str] = []
    for fault in ("missing", "flat", "unusable"):
        named = [lead for lead in measured[f"leads_{fault}"] if lead not in lost]
        lost.update(named)
        remarks += [f"{fault}: {', '.join(named)}"] if named else []
    words = {
        "arms_reversed": "arm electrodes exchanged, or dextrocardia",
        "leg_reversed": "an arm electrode exchanged with that of the right leg",
        "einthoven_violated": "limb leads contradict each other (I + III is not II): exchanged or misnamed?",
    }
    remarks += [sentence for name, sentence in words.items() if measured[name]]
    if not measured["height_plausible"]:
        remarks.append(f"beats of {measured['height_mv']:.3g} mV: check the unit")
    if not (remarks or measured["acceptable"]):
        several = "leads don't agree about when the heart beats: noise, or electrodes with poor contact"
        alone = "beats don't stand out from the rest of the lead: noise, or an electrode with poor contact"
        remarks.append(several if len(description["leads"]) > 1 else alone)
    return remarks


def to_json(value: object) -> str:
    """Return valid JSON in ASCII, whatever the numbers: NaN and infinity become null."""
    return json.dumps(_finite(value), indent=1, allow_nan=False, default=str)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def _median_beat(beat: MedianBeat | None) -> Description | None:
    if beat is None:
        return None
    samples = beat.signal.shape[1]
    return {
        "leads": list(beat.leads),
        "rate_hz": beat.sampling_rate_hz,
        "samples": samples,
        "seconds": round(samples / beat.sampling_rate_hz, 3),
    }


def _named_leads(measured: Quality) -> Description:
    from einthoven.ecg.leads import leads_in_mask

    return {
        name: list(leads_in_mask(int(value or 0))) if name.startswith("leads_") else value
        for name, value in measured.to_dict().items()
    }


def _lead_quality(record: Record, measured: Quality) -> dict[str, Description]:
    from einthoven.ecg.leads import leads_in_mask
    from einthoven.ecg.quality_features import measure_leads

    in_mv = record.unit == "mV"
    features = measure_leads(record.signal, record.sampling_rate_hz, in_mv=in_mv)
    faulty = {fault: leads_in_mask(getattr(measured, f"leads_{fault}")) for fault in FAULTS}
    shares = ("unusable_share", "nan_share", "flat_share", "clipped_share")
    return {
        lead: {
            **{name: float(getattr(features, name)[row]) for name in shares},
            **{f"{name}_mv": float(getattr(features, name)[row]) if in_mv else None for name in _IN_MV},
            "agreement": float(features.agreement[row]),
            "faults": [fault for fault in FAULTS if lead in faulty[fault]],
        }
        for row, lead in enumerate(record.leads)
    }
