"""One ECG as a card: what the file says of patient, recording and signal, section by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from einthoven.cli.inspect_description import Description, quality_remarks
from einthoven.drawing.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

__all__ = ["card"]

_UNITS = {"_bpm": "/min", "_ms": "ms", "_deg": "°", "_mmhg": "mmHg", "_mv": "mV", "_uv": "µV"}
_SEXES = {"F": "female", "M": "male", "U": "not stated"}
_LABELS_NAMED = 12
_STEPS_NAMED = 3


def card(description: Description) -> RenderableType:
    """Return the card; sections of which the file says nothing are left out."""
    from rich.console import Group
    from rich.text import Text

    sections = (
        ("Recording", _pairs(_recording(description))),
        ("Patient", _pairs(_patient(description))),
        ("Machine measurements", _measurements(description)),
        ("Statements", _pairs(_statements(description))),
        ("Signal", _pairs(_signal(description))),
        ("Quality", _quality(description)),
        ("Provenance", _pairs(_provenance(description))),
    )
    parts: list[RenderableType] = [Text(printable(description["record"]), style="bold")]
    for title, content in sections:
        if content is not None:
            parts += [Text(f"\n{title}", style="bold cyan"), content]
    return Group(*parts)


def _recording(description: Description) -> Iterable[tuple[str, str]]:
    zone = {"utc": "UTC", "naive": "time zone not stated", "unknown": ""}[description["time_kind"]]
    time = (description["time"] or "not stated").replace("T", " ").removesuffix("+00:00")
    yield "file", description["path"]
    yield "format", description["format"]
    yield "time", f"{time} ({zone})" if zone else time
    yield "device", description["device"] or "not stated"
    yield (
        "length",
        (f"{description['seconds']:g} s, {description['samples']:,} samples per lead at {description['rate_hz']:g} Hz"),
    )
    beat = description["median_beat"]
    if beat:
        yield (
            "median beat",
            f"{len(beat['leads'])} leads, {beat['seconds']:g} s at {beat['rate_hz']:g} Hz, computed by the device",
        )
    if description["annotations"]:
        yield "annotations", _annotations(description["annotations"])


def _annotations(annotations: list[Description]) -> str:
    counts = Counter(annotation["label"] for annotation in annotations)
    named = [f"{label} {count:,}" for label, count in counts.most_common(_LABELS_NAMED)]
    if len(counts) > _LABELS_NAMED:
        named.append(f"{len(counts) - _LABELS_NAMED} other labels")
    return f"{len(annotations):,}: {', '.join(named)}"


def _patient(description: Description) -> Iterable[tuple[str, str]]:
    age = description["age_years"]
    yield "id", description["patient_id"] or "not stated"
    yield "age", "not stated" if age is None else f"{age:.3g} years"
    yield "sex", _SEXES[description["sex"]]


def _measurements(description: Description) -> RenderableType | None:
    from rich.console import Group
    from rich.text import Text

    values, by_lead = description["measurements"], description["lead_measurements"]
    parts: list[RenderableType] = [_two_abreast(values)] if values else []
    if by_lead:
        names = {name for measured in by_lead.values() for name in measured}
        parts.append(Text(f"  and {len(names)} of each of {len(by_lead)} leads (--json shows them)", style="dim"))
    return Group(*parts) if parts else None


def _two_abreast(values: dict[str, float]) -> Table:
    """Return the measurements, two in a line, those of the table of names first and in its order."""
    from rich.table import Table
    from rich.text import Text

    from einthoven.ecg.formats.measurement_names import MEASUREMENTS

    order = [*filter(values.__contains__, MEASUREMENTS), *(name for name in values if name not in MEASUREMENTS)]
    cells = [(printable(MEASUREMENTS.get(name, name)), _with_unit(name, values[name])) for name in order]
    grid = Table.grid(padding=(0, 2))
    for _ in range(2):
        grid.add_column(style="dim", overflow="fold")
        grid.add_column(justify="right", no_wrap=True)
    for first, second in zip_longest(cells[::2], cells[1::2], fillvalue=("", "")):
        grid.add_row(Text(f"  {first[0]}"), Text(first[1]), Text(f"  {second[0]}"), Text(second[1]))
    return grid


def _with_unit(name: str, value: float) -> str:
    unit = next((unit for suffix, unit in _UNITS.items() if name.endswith(suffix)), "")
    return f"{value:.5g}{unit}" if unit in ("°", "/min") else f"{value:.5g} {unit}".rstrip()


def _statements(description: Description) -> Iterable[tuple[str, str]]:
    original = description["original_statements"]
    for number, statement in enumerate(description["statements"]):
        yield ("" if number else "as confirmed" if original else "as stated"), statement
    for number, statement in enumerate(original):
        yield ("" if number else "originally"), statement


def _signal(description: Description) -> Iterable[tuple[str, str]]:
    provenance = description["provenance"]
    yield "leads", f"{len(description['leads'])}: {', '.join(description['leads'])}"
    if provenance["leads_derived"]:
        yield "stored", ", ".join(provenance["leads_stored"])
        yield "derived", ", ".join(provenance["leads_derived"])
    yield "unit", "mV" if description["unit"] == "mV" else "arbitrary: voltages can't be read"
    if provenance["original_unit"]:
        yield "stored unit", provenance["original_unit"]
    if provenance["original_step_mv"]:
        yield "stored step", _steps(provenance["original_step_mv"])
    yield "device filters", ", ".join(provenance["device_filters"]) or "not stated"
    if provenance["resampling"]:
        yield "resampling", provenance["resampling"]


def _steps(steps_mv: Iterable[float]) -> str:
    distinct = list(dict.fromkeys(f"{step * 1000:.5g}" for step in steps_mv))
    if len(distinct) > _STEPS_NAMED:
        return f"{distinct[0]} to {distinct[-1]} µV, differing between leads"
    return f"{' or '.join(distinct)} µV" + (", differing between leads" if len(distinct) > 1 else "")


def _quality(description: Description) -> RenderableType:
    from rich.console import Group

    verdict = "acceptable" if description["acceptable"] else "poor"
    lines = [("verdict", f"{verdict} (probability that a reader accepts it: {description['quality']['score']:.2f})")]
    lines += [("", remark) for remark in quality_remarks(description)]
    pairs = _pairs(lines)
    assert pairs is not None
    return Group(pairs, _lead_table(description))


def _lead_table(description: Description) -> Table:
    """Return a row per lead; the columns in millivolts only where there are millivolts."""
    from rich import box
    from rich.table import Table

    in_mv = description["unit"] == "mV"
    heights = ("height\nmV", "wander\nmV", "noise\nmV", "mains\nµV") if in_mv else ()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("lead")
    for name in (*heights, "unusable", "clipped", "agreement"):
        table.add_column(name, justify="right")
    table.add_column("faults", overflow="fold", style="yellow")
    for lead, measured in description["lead_quality"].items():
        mains_uv = max(measured["mains_50_mv"] or 0, measured["mains_60_mv"] or 0) * 1000
        millivolts = [f"{measured[name]:.2f}" for name in ("height_mv", "wander_mv")] if in_mv else []
        millivolts += [f"{measured['noise_mv']:.3f}", f"{mains_uv:.0f}"] if in_mv else []
        shares = [f"{100 * measured[name]:.0f} %" for name in ("unusable_share", "clipped_share")]
        table.add_row(lead, *millivolts, *shares, f"{measured['agreement']:.2f}", ", ".join(measured["faults"]))
    return table


def _provenance(description: Description) -> Iterable[tuple[str, str]]:
    provenance = description["provenance"]
    yield "reader", f"{provenance['reader']} of einthoven {provenance['reader_version']}"
    if provenance["source_sha256"]:
        yield "SHA-256", provenance["source_sha256"]
    if provenance["deidentification"]:
        yield "de-identified", provenance["deidentification"]
    for number, note in enumerate(provenance["notes"]):
        yield "remarks" if number == 0 else "", note


def _pairs(pairs: Iterable[tuple[str, Any]]) -> Table | None:
    """Return names and values in two columns, or None without any."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(min_width=16, no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(Text(f"  {name}"), Text(printable(str(value))))
    return grid if grid.row_count else None
