"""Our measurements beside those that the machine had stored in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from einthoven.ecg.axes import angle_between_axes
from einthoven.ecg.formats.measurement_names import is_measured
from einthoven.ecg.measurement_quantities import QUANTITIES
from einthoven.ecg.measurement_reasons import Validity
from einthoven.ecg.measurement_values import Measurement, Measurements
from einthoven.ecg.record import Record

__all__ = ["ComparedMeasurement", "compare_with_device"]

_DEVICE_NAMES = {
    **{f"{wave}_mv": f"{wave}_uv" for wave in ("p", "q", "r", "s", "r_prime", "s_prime", "j", "t")},
    **{f"{wave}_mv": f"{wave}_uv" for wave in ("p_positive", "p_negative", "st_j60", "st_j80")},
    **{f"{wave}_ms": f"{wave}_ms" for wave in ("p", "qrs", "qt", "q", "r", "s", "r_prime", "s_prime")},
    "r_peak_time_ms": "r_peak_ms",
}
"""What formats call a quantity of the leads; not 12SL's intrinsicoid deflection, which may end at S."""

_UNLESS = {"p_mv": "p_prime_uv", "t_mv": "t_prime_uv", "r_peak_time_ms": "r_prime_uv"}
"""A second part of the wave makes the machine's first part and our larger one two things."""

_BELOW_LEVEL = ("q_mv", "s_mv", "s_prime_mv")
"""Of which some formats give the magnitude."""


@dataclass(frozen=True, slots=True)
class ComparedMeasurement:
    """One line of the comparison.

    Attributes
    ----------
    name : str
        ``qrs_ms``, or ``V1.r_mv`` for one lead.
    unit : str
    ours : float, optional
        None where absent; ``reason`` says why, or why it is doubtful.
    device : float
    difference : float, optional
        Ours minus the device's; of axes the shorter way round, -180 to 180.
    validity : Validity
        Of ours.
    reason : str
    """

    name: str
    unit: str
    ours: float | None
    device: float
    difference: float | None
    validity: Validity
    reason: str


def compare_with_device(record: Record, measurements: Measurements) -> tuple[ComparedMeasurement, ...]:
    """Return a line for each number that the file holds and we measure too, the whole ECG first, then lead by lead.

    A QTc whose formula the file doesn't tell is compared with Bazett's, the default of recorders. Machines disagree
    too: between seven programs mean QRS durations differ by up to 8 ms, mean QT intervals by up to 9 ms (Kligfield et
    al. 2018, doi:10.1016/j.ahj.2018.02.014).

    Parameters
    ----------
    record : Record
    measurements : Measurements
        Of the same record.
    """
    return (*_whole_ecg(record, measurements), *_leads(record, measurements))


def _whole_ecg(record: Record, measurements: Measurements) -> Iterable[ComparedMeasurement]:
    told = {name: value for name, value in record.measurements.items() if is_measured(name, value)}
    for name in QUANTITIES:
        if name in told:
            yield _compared(name, measurements[name], told[name])
    if "qtc_ms" in told and "qtc_bazett_ms" not in told:
        yield _compared("qtc_ms", measurements["qtc_bazett_ms"], told["qtc_ms"])


def _leads(record: Record, measurements: Measurements) -> Iterable[ComparedMeasurement]:
    by_lead = measurements.leads
    for lead, told in record.lead_measurements.items():
        for name, device_name in _DEVICE_NAMES.items():
            if lead in by_lead and device_name in told and _UNLESS.get(name) not in told:
                device = told[device_name] / 1000 if name.endswith("_mv") else told[device_name]
                ours = by_lead[lead][name]
                yield _compared(f"{lead}.{name}", ours, -abs(device) if name in _BELOW_LEVEL else device)


def _compared(name: str, ours: Measurement, device: float) -> ComparedMeasurement:
    difference = None
    if ours.value is not None:
        difference = angle_between_axes(ours.value, device) if ours.unit == "deg" else ours.value - device
    return ComparedMeasurement(name, ours.unit, ours.value, device, difference, ours.validity, ours.reason)
