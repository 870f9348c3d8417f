"""``einthoven inspect``: what a file or folder of ECGs holds, as a table, a card, JSON or a drawing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from einthoven.cli.sources import LayoutOption, UnitOption

if TYPE_CHECKING:
    from rich.table import Table

    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.record import Record

__all__ = ["inspect_command"]

Card = dict[str, Any]


def inspect_command(
    path: Annotated[Path, typer.Argument(help="A file or a folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    png: Annotated[Path | None, typer.Option(help="Draw the (first) ECG on paper into this file.")] = None,
    svg: Annotated[Path | None, typer.Option(help="The same as a vector drawing.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many ECGs of a folder.")] = 50,
    layout: LayoutOption = None,
    unit: UnitOption = None,
) -> None:
    """Show format, leads, rate, length, unit, patient and signal quality of ECGs.

    Example: `einthoven inspect records500/00000/00001_hr.hea --png ecg.png`
    """
    import json

    from rich.console import Console

    from einthoven.cli.sources import locate_all
    from einthoven.ecg.formats import read

    locations = locate_all([path], layout=layout, unit=unit)
    if len(locations) == 1:
        read(locations[0], with_sha256=False)  # alone, an unreadable ECG is an error and no row
    cards = [_card(location) for location in locations[:limit]]
    for target in filter(None, (png, svg)):
        _draw(locations[0], target)
    if as_json:
        typer.echo(json.dumps(cards[0] if len(locations) == 1 else cards, indent=1, default=str))
        return
    console = Console()
    console.print(_full_card(cards[0]) if len(locations) == 1 else _table(cards))
    if len(locations) > limit:
        console.print(f"... and {len(locations) - limit:,} more; --limit shows them", highlight=False)


def _card(location: RecordLocation) -> Card:
    """Read one ECG; an unreadable one becomes a card with its error."""
    from einthoven.ecg.formats import read
    from einthoven.errors import RecordError

    try:
        return _describe(read(location), location.format)
    except RecordError as error:
        return {"record": location.record_id, "error": str(error)}


def _describe(record: Record, format_name: str) -> Card:
    from einthoven.ecg.quality import quality

    measured = quality(record).to_dict()
    return {
        "record": record.record_id,
        "format": format_name,
        "leads": list(record.leads),
        "rate_hz": record.sampling_rate_hz,
        "seconds": round(record.duration_s, 3),
        "unit": record.unit,
        "patient": record.patient_id,
        "time": record.time,
        "age_years": record.age_years,
        "sex": record.sex,
        "device": record.device,
        "statements": list(record.statements),
        "acceptable": measured["acceptable"],
        "quality": measured,
        "notes": list(record.provenance.notes),
        "sha256": record.provenance.source_sha256,
    }


def _table(cards: list[Card]) -> Table:
    from rich.table import Table

    table = Table("record", "format", "leads", "Hz", "seconds", "unit", "age", "sex", "quality", "remarks")
    for card in cards:
        if "error" in card:
            table.add_row(card["record"], *[""] * 7, "[red]unreadable[/]", card["error"])
            continue
        state = "[green]acceptable[/]" if card["acceptable"] else "[yellow]poor[/]"
        age = "" if card["age_years"] is None else f"{card['age_years']:.0f}"
        table.add_row(
            card["record"],
            card["format"],
            str(len(card["leads"])),
            f"{card['rate_hz']:g}",
            f"{card['seconds']:g}",
            card["unit"],
            age,
            card["sex"],
            state,
            "; ".join(card["notes"]),
        )
    return table


def _full_card(card: Card) -> Table:
    from rich.table import Table

    table = Table(show_header=False, title=card["record"])
    flat = {**card, **{f"quality: {name}": value for name, value in card.get("quality", {}).items()}}
    for name, value in flat.items():
        if name not in ("record", "quality") and value not in (None, "", []):
            table.add_row(name, ", ".join(value) if isinstance(value, list) else str(value))
    return table


def _draw(location: RecordLocation, target: Path) -> None:
    from einthoven.drawing.ecg_paper import draw_ecg
    from einthoven.drawing.svg import write_figure
    from einthoven.drawing.traces import draw_traces
    from einthoven.ecg.formats import read

    record = read(location)
    figure = draw_ecg(record) if record.unit == "mV" else draw_traces(record)
    write_figure(figure, target)
