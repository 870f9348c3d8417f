"""``einthoven measure``: the numbers that a cardiologist reads, of one ECG as a card or of an archive as a table."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einthoven.cli.sources import IN_HELP, LayoutOption, LeadsOption, UnitOption

if TYPE_CHECKING:
    from einthoven.ecg.formats import RecordLocation
    from einthoven.errors import SpecificationError

__all__ = ["measure_command"]


def _print_columns(asked: bool) -> None:
    if asked:
        from einthoven.cli.measure_columns import columns_page

        typer.echo(columns_page(), nl=False)
        raise typer.Exit


def measure_command(
    sources: Annotated[list[Path], typer.Argument(readable=False, metavar="SRC", help=IN_HELP)],
    out: Annotated[
        Path | None, typer.Option(help="Table with one row per ECG, .parquet or .csv; not needed for one ECG.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    beats: Annotated[
        Path | None, typer.Option(help="With --out: also every border of every wave, one row each; .parquet or .csv.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers of one ECG as JSON.")] = False,
    png: Annotated[Path | None, typer.Option(help="Draw one ECG with its waves shaded into this .png.")] = None,
    svg: Annotated[Path | None, typer.Option(help="The same as a vector drawing.")] = None,
    columns: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--columns", is_eager=True, callback=_print_columns, help="Print what each column is.")
    ] = False,
    record: Annotated[str | None, typer.Option(help="Name of one ECG of a folder or of an array of many.")] = None,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    leads: LeadsOption = None,
) -> None:
    """Measure rate, intervals, axes, amplitudes: one ECG as a card, many as a table.

    A file that can't be read is listed in a table beside the first (F.rejected.parquet) and never stops the run. A
    number that isn't there is empty, and the column `reasons` says why. `--columns` explains every column.

    Example: `einthoven measure ecg.xml --png ecg.png`, `einthoven measure /data/ecgs --out measurements.parquet`
    """
    from einthoven.cli.failures import tell_left_out
    from einthoven.cli.inspect_drawing import checked_targets
    from einthoven.cli.progress import progress_lines
    from einthoven.cli.sources import find_in, named_in

    targets = checked_targets(png=png, svg=svg)
    _refuse_contradictions(out=out, beats=beats, of_one=_options_of_one(as_json, targets))
    with progress_lines() if out else nullcontext() as announce:
        if announce:
            announce("Looking for ECGs")
        found = find_in(sources, layout=layout, unit=unit, leads=leads)
    chosen = found.locations if record is None else [named_in(found.locations, record, sources[0])]
    if out is not None:
        _write_table(chosen, out, workers=workers, beats=beats)
    elif len(chosen) == 1:
        _show_one(chosen[0], as_json=as_json, targets=targets)
    else:
        raise _too_many(chosen, sources)
    if record is None:
        tell_left_out(found)


def _options_of_one(as_json: bool, targets: list[Path]) -> list[str]:
    return [*(["--json"] if as_json else []), *(f"--{path.suffix.lower()[1:]}" for path in targets)]


def _refuse_contradictions(*, out: Path | None, beats: Path | None, of_one: list[str]) -> None:
    """Refuse options that don't go together, and tables that can't be written, before any file is read."""
    from einthoven.errors import SpecificationError
    from einthoven.store.table_file import check_table_path

    if out is None and beats is not None:
        raise SpecificationError("--beats stands beside a table of measurements: name one, for example --out m.parquet")
    if out is not None and of_one:
        raise SpecificationError(f"{of_one[0]} shows one ECG, --out writes a table: leave one of the two out")
    for path in (out, beats):
        if path is not None:
            check_table_path(path)


def _too_many(locations: list[RecordLocation], sources: list[Path]) -> SpecificationError:
    from einthoven.errors import SpecificationError

    subject = f"{sources[0]} holds" if len(sources) == 1 else "these paths hold"
    return SpecificationError(
        f"{subject} {len(locations):,} ECGs: name a table for their measurements, for example --out "
        f"measurements.parquet, or one ECG, for example --record {locations[0].record_id}"
    )


def _write_table(locations: list[RecordLocation], out: Path, *, workers: int, beats: Path | None) -> None:
    """Measure all, and say what was measured and why the rest wasn't."""
    from rich.console import Console

    from einthoven.cli.progress import progress_lines
    from einthoven.drawing.printable import printable
    from einthoven.store.measure import measure_files

    with progress_lines() as announce:
        progress = announce(f"Measuring {len(locations):,} ECGs")
        summary = measure_files(locations, out, workers=workers, beats=beats, progress=progress)
    lines = [f"{summary.records:,} ECGs measured into {out}"]
    if summary.unmeasured:
        lines.append(f"{summary.unmeasured:,} of them without any number, reasons in its column reasons")
    if summary.repeated_ids:
        repeated = f"{summary.repeated_ids:,}; source_path tells those ECGs apart"
        lines.append(f"record ids that stand more than once: {repeated}")
    if summary.rejected:
        lines.append(f"{summary.rejected:,} could not be read, with reasons in {summary.rejected_table}")
    for line in [*lines, *(f"  {reason}" for reason in summary.reasons)]:
        Console().print(printable(line), highlight=False, markup=False, soft_wrap=True)


def _show_one(location: RecordLocation, *, as_json: bool, targets: list[Path]) -> None:
    from rich.console import Console

    from einthoven.cli.inspect_description import to_json
    from einthoven.cli.measure_card import card
    from einthoven.cli.measure_description import describe
    from einthoven.cli.measure_drawing import draw_into
    from einthoven.ecg.formats import read
    from einthoven.ecg.measurements import measured_waves

    record = read(location)
    waves = measured_waves(record)
    for line in draw_into(targets, record, waves) if targets else ():
        typer.echo(line, err=True)
    if as_json:
        typer.echo(to_json(describe(record, location, waves.measurements)))
    else:
        Console().print(card(record, location, waves.measurements))
