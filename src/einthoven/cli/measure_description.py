"""What ``einthoven measure`` tells of one ECG, as plain values: the keys of its JSON.

``record``, ``path``, ``format``, ``leads``, ``rate_hz``, ``seconds``, ``unit``
    As in the JSON of ``einthoven inspect``.
``measurements``
    By name (``einthoven.ecg.measurement_quantities``) objects of ``value`` (null when absent), ``unit``, ``validity``
    (measured, doubtful, absent) and ``reason``.
``lead_measurements``
    The same by lead, then by name (``einthoven.ecg.lead_measurement_quantities``).
``machine``, ``lead_machine``
    The machine's own measurements, when the file has them.
``comparison``
    Where both have a number, objects of ``name`` (``qrs_ms``, or ``V1.r_mv``), ``unit``, ``ours``, ``device``,
    ``difference``, ``validity`` and ``reason``.

Keys may be added in later versions, none is renamed.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.measurement_values import Measurement, Measurements
    from einthoven.ecg.record import Record

__all__ = ["describe"]


def describe(record: Record, location: RecordLocation, measurements: Measurements) -> dict[str, Any]:
    """Return what was measured, with the keys above."""
    from einthoven.ecg.measurement_comparison import compare_with_device

    return {
        "record": record.record_id,
        "path": location.path,
        "format": location.format,
        "leads": list(record.leads),
        "rate_hz": record.sampling_rate_hz,
        "seconds": round(record.duration_s, 3),
        "unit": record.unit,
        "measurements": {name: _plain(measurements[name]) for name in measurements},
        "lead_measurements": {lead: _plain_all(values) for lead, values in measurements.leads.items()},
        "machine": dict(record.measurements),
        "lead_machine": {lead: dict(values) for lead, values in record.lead_measurements.items()},
        "comparison": [dataclasses.asdict(compared) for compared in compare_with_device(record, measurements)],
    }


def _plain_all(measured: Mapping[str, Measurement]) -> dict[str, dict[str, Any]]:
    return {name: _plain(measured[name]) for name in measured}


def _plain(measured: Measurement) -> dict[str, Any]:
    return {
        "value": measured.value,
        "unit": measured.unit,
        "validity": str(measured.validity),
        "reason": measured.reason,
    }
