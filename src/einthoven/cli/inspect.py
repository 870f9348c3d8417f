"""``einthoven inspect``: what a file or folder of ECGs holds, as a table, a card, JSON or a drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einthoven.cli.inspect_description import Description, describe, describe_error, to_json
from einthoven.cli.inspect_drawing import PaperGain, PaperLayout, PaperOptions, PaperSpeed, checked_targets, draw_into
from einthoven.cli.sources import IN_HELP, LayoutOption, LeadsOption, UnitOption
from einthoven.errors import EinthovenError, RecordError, SpecificationError

if TYPE_CHECKING:
    from rich.console import Console

    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.formats.search import Found

__all__ = ["inspect_command"]

PIPE_WIDTH = 132
PROGRESS_FROM = 50  # ECGs that are read in well under a second need no bar


def inspect_command(
    path: Annotated[Path, typer.Argument(readable=False, metavar="PATH", help=IN_HELP)],
    as_json: Annotated[bool, typer.Option("--json", help="Print all that is known as JSON.")] = False,
    png: Annotated[Path | None, typer.Option(help="Draw the ECG on paper into this .png (254 dpi).")] = None,
    svg: Annotated[Path | None, typer.Option(help="The same as a vector drawing.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="The same, ready to print.")] = None,
    paper: Annotated[
        PaperLayout | None,
        typer.Option(help="Four columns over a rhythm strip, or every lead in a row; by default 12x1 at 50 mm/s."),
    ] = None,
    speed: Annotated[PaperSpeed | None, typer.Option(help="mm/s; by default 25.")] = None,
    gain: Annotated[PaperGain | None, typer.Option(help="mm/mV; by default 10.")] = None,
    start: Annotated[float, typer.Option(min=0.0, help="Second of the recording at which the drawing begins.")] = 0.0,
    measure: Annotated[bool, typer.Option("--measure", help="Shade P, QRS and T in the drawing.")] = False,
    record: Annotated[str | None, typer.Option(help="Name of one ECG of a folder or of an array of many.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many ECGs of a folder.")] = 50,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    leads: LeadsOption = None,
) -> None:
    """Show what ECG files hold: a table of a folder, a full card of one file, JSON of either, a drawing on paper.

    Example: `einthoven inspect /data/ecgs`, then `einthoven inspect /data/ecgs/00001_hr.hea --pdf ecg.pdf`
    """
    from einthoven.cli.failures import print_failures
    from einthoven.cli.inspect_table import other_files_line
    from einthoven.cli.sources import find_all, named_in

    try:
        targets = _targets(png, svg, pdf, measure=measure)
        found = find_all(path, layout=layout, unit=unit, leads=leads)
        locations = found.locations if record is None else [named_in(found.locations, record, path)]
        if len(locations) == 1:
            description = _one(locations[0], targets=targets, options=PaperOptions(paper, speed, gain, start, measure))
            _show_one(description, as_json=as_json, in_list=path.is_dir() and record is None)
        elif targets:
            raise SpecificationError(_one_at_a_time(path, locations, targets[0]))
        else:
            _show_many(found, as_json=as_json, limit=limit)
        if record is None:
            _tell(other_files_line(found.others), as_json=as_json)
            print_failures(found.unreadable)
    except EinthovenError as error:
        if as_json:
            typer.echo(to_json({"path": str(path), "error": str(error), "error_kind": type(error).__name__}))
        raise


def _targets(png: Path | None, svg: Path | None, pdf: Path | None, *, measure: bool) -> list[Path]:
    """Return the drawings that are asked for; shading one needs one."""
    targets = checked_targets(png=png, svg=svg, pdf=pdf)
    if measure and not targets:
        raise SpecificationError("--measure shades a drawing: name one, as --png F; numbers: einthoven measure")
    return targets


def _one_at_a_time(path: Path, locations: Sequence[RecordLocation], target: Path) -> str:
    option = f"--{target.suffix.lower()[1:]}"
    return (
        f"{option} draws one ECG, {path} holds {len(locations):,}: name one, for example "
        f"--record {locations[0].record_id} {option} {target}"
    )


def _one(location: RecordLocation, *, targets: list[Path], options: PaperOptions) -> Description:
    """Read and draw one ECG; alone, an unreadable one is an error."""
    from einthoven.ecg.formats import read

    record = read(location)
    for line in draw_into(targets, record, options) if targets else ():
        typer.echo(line, err=True)
    return describe(record, location)


def _show_one(description: Description, *, as_json: bool, in_list: bool) -> None:
    from rich.console import Console

    from einthoven.cli.inspect_card import card

    if as_json:
        typer.echo(to_json([description] if in_list else description))
    else:
        Console().print(card(description))


def _show_many(found: Found, *, as_json: bool, limit: int) -> None:
    from einthoven.cli.inspect_table import folder_table, summary_line

    descriptions = _descriptions(found.locations[:limit])
    if as_json:
        typer.echo(to_json(descriptions))
    else:
        console = _wide_console()
        console.print(folder_table(descriptions, width=console.width))
    _tell(summary_line(descriptions, found.locations), as_json=as_json)


def _wide_console() -> Console:
    """Return the console; a file or pipe, which has no width of its own, gets room for all columns."""
    import os

    from rich.console import Console

    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=PIPE_WIDTH)


def _tell(line: str, *, as_json: bool) -> None:
    """Print what stands below the table; beside JSON it goes to the error stream."""
    if line:
        typer.echo(line, err=as_json)


def _descriptions(locations: Sequence[RecordLocation]) -> list[Description]:
    """Read the ECGs; a bar shows how far that is, where somebody looks on."""
    import sys

    from einthoven.cli.progress import progress_lines
    from einthoven.progress import no_progress

    if len(locations) < PROGRESS_FROM or not sys.stderr.isatty():
        return _read_all(locations, no_progress)
    with progress_lines() as announce:
        return _read_all(locations, announce("reading"))


def _read_all(locations: Sequence[RecordLocation], progress: Callable[[int, int], None]) -> list[Description]:
    descriptions: list[Description] = []
    for location in locations:
        descriptions.append(_read_one(location))
        progress(len(descriptions), len(locations))
    return descriptions


def _read_one(location: RecordLocation) -> Description:
    from einthoven.ecg.formats import read

    try:
        return describe(read(location), location)
    except RecordError as error:
        return describe_error(error, location)
