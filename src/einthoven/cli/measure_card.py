"""The measurements of one ECG as a card: each number with its unit and the machine's own, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from einthoven.drawing.printable import printable
from einthoven.ecg.measurement_quantities import QUANTITIES

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.measurement_values import LeadMeasurements, Measurement, Measurements
    from einthoven.ecg.record import Record

__all__ = ["card", "shown_value"]

_UNITS = {"1": "", "deg": "°", "1/min": "/min", "mV ms": " mV·ms"}
_DECIMALS = {"1": 2, "mV": 2, "mV ms": 1}
_COUNTS = ("n_", "notched_", "r_progression")
_RHYTHM = ("n_", "rr_", "rmssd_ms", "af_score")
_SECTIONS = {"1/min": "Rhythm", "ms": "Intervals", "deg": "Axes", "mV": "Voltages", "mV ms": "Voltages", "1": "Shape"}
_LEAD_COLUMNS = {
    "P": "p_mv",
    "Q": "q_mv",
    "R": "r_mv",
    "S": "s_mv",
    "R'": "r_prime_mv",
    "QS": "qs_mv",
    "J": "j_mv",
    "ST60": "st_j60_mv",
    "T": "t_mv",
}
_MACHINE_UNITS = {"_ms": " ms", "_bpm": "/min", "_deg": "°"}


def card(record: Record, location: RecordLocation, measurements: Measurements) -> RenderableType:
    """Return the card."""
    from rich.console import Group
    from rich.text import Text

    about = (
        f"{location.path} ({location.format}): {len(record.leads)} lead{'s' if len(record.leads) > 1 else ''}, "
        f"{record.duration_s:g} s at {record.sampling_rate_hz:g} Hz"
    )
    without = "" if record.unit == "mV" else ", no unit: times can be measured, voltages and axes can't"
    return Group(
        Text(printable(record.record_id), style="bold"),
        Text(printable(f"{about}{without}"), style="dim"),
        _numbers(record, measurements),
        *([_leads(record, measurements)] if _any_voltage(measurements) else []),
        Text("--json shows all numbers of all leads, --columns says how each is made", "dim"),
    )


def shown_value(measured: Measurement) -> str:
    """Return the number as a person reads it, with its unit; nothing when it is absent.

    Examples
    --------
    >>> from einthoven.ecg.measurement_values import Measurement, Validity
    >>> shown_value(Measurement("qrs_ms", 91.7, "ms", Validity.MEASURED, ""))
    '92 ms'
    """
    if measured.value is None:
        return ""
    decimals = 0 if measured.name.startswith(_COUNTS) else _DECIMALS.get(measured.unit, 0)
    return f"{_rounded(measured.value, decimals)}{_UNITS.get(measured.unit, f' {measured.unit}')}"


def _rounded(value: float, decimals: int) -> str:
    """Return the number without a sign before zero."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def _any_voltage(measurements: Measurements) -> bool:
    return any(
        leads[name].value is not None for leads in measurements.leads.values() for name in _LEAD_COLUMNS.values()
    )


def _numbers(record: Record, measurements: Measurements) -> Table:
    """Return a row per number, in the order of the table of quantities; the machine's column only where it has one."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("")
    table.add_column("measured", justify="right", no_wrap=True)
    if record.measurements:
        table.add_column("machine", justify="right", no_wrap=True)
    table.add_column("remark", style="yellow", overflow="fold")
    for section, names in groupby(measurements, _section):
        table.add_row(Text(section, style="bold cyan"))
        measured = [measurements[name] for name in names]
        if not any(record.measurements.get(one.name) or one.value is not None for one in measured):
            table.add_row("none", "", *([""] if record.measurements else []), _shared_reason(measured))
            continue
        for one in measured:
            value = Text(shown_value(one) or "-", style="dim" if one.value is None else "")
            machines = [_machines(one.name, record.measurements.get(one.name))] if record.measurements else []
            table.add_row(_meaning(QUANTITIES[one.name].meaning), value, *machines, one.reason)
    if only := list(_only_machine(record)):
        table.add_row(Text("Measured by the machine alone", style="bold cyan"))
    for meaning, machine in only:
        table.add_row(meaning, "", machine, "")
    return table


def _shared_reason(measured: Sequence[Measurement]) -> str:
    return "; ".join(dict.fromkeys(one.reason for one in measured))


def _section(name: str) -> str:
    return "Rhythm" if name.startswith(_RHYTHM) else _SECTIONS[QUANTITIES[name].unit]


def _meaning(text: str) -> str:
    """Return a meaning without its explanations and ranges, which the documentation has.

    Examples
    --------
    >>> _meaning("frontal axis of P, -180 to 180"), _meaning("highest QRS of V1 to V6; low voltage below 1.0")
    ('frontal axis of P', 'highest QRS of V1 to V6')
    """
    return re.sub(r"(, -?\d+ to -?\d+| \([^()]*\)|[;:].*)$", "", text)


def _machines(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}{next((unit for ending, unit in _MACHINE_UNITS.items() if name.endswith(ending)), '')}"


def _only_machine(record: Record) -> Iterable[tuple[str, str]]:
    from einthoven.ecg.formats.measurement_names import MEASUREMENTS

    for name, value in record.measurements.items():
        border = name.endswith(("_onset_ms", "_offset_ms"))
        if name in MEASUREMENTS and name not in QUANTITIES and name.endswith(tuple(_MACHINE_UNITS)) and not border:
            yield MEASUREMENTS[name], _machines(name, value)


def _leads(record: Record, measurements: Measurements) -> Table:
    """Return a row per recorded lead, in mV; absent waves are points."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("mV")
    for heading in (*_LEAD_COLUMNS, "QRS ms"):
        table.add_column(heading, justify="right")
    for lead, measured in measurements.leads.items():
        if lead in record.leads:
            table.add_row(lead, *_lead_cells(measured))
    return table


def _lead_cells(measured: LeadMeasurements) -> Iterable[str]:
    for name in _LEAD_COLUMNS.values():
        value = measured[name].value
        yield "·" if value is None else _rounded(value, 2)
    duration = measured["qrs_ms"].value
    yield "·" if duration is None else f"{duration:.0f}"
