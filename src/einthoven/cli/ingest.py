"""``einthoven ingest``: ECG files become a store of prepared signals."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einthoven.cli.sources import IN_HELP, LayoutOption, LeadsOption, UnitOption

if TYPE_CHECKING:
    from einthoven.ecg.input_spec import IngestSpec
    from einthoven.store.ingest import IngestSummary

__all__ = ["ingest_command"]

PUBLIC = "public:"  # before the name of a published model
SHOWN = 3  # reasons of rejected files; all are in rejected.parquet


def ingest_command(
    sources: Annotated[list[Path], typer.Argument(readable=False, metavar="SRC", help=IN_HELP)],
    store: Annotated[
        Path, typer.Option(help="Folder of the store; gone on with when it was begun with the same files.")
    ],
    spec: Annotated[
        str | None,
        typer.Option(
            metavar="FILE | public:NAME",
            help="Ingest half of an input spec as JSON, or a published model (public:NAME:PRESET for another than its "
            "first preset); default 12 leads, mV, 250 Hz, 0.67-40 Hz.",
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    shard_records: Annotated[int, typer.Option(min=1, help="ECGs per shard.")] = 1000,
    quality: Annotated[bool, typer.Option("--quality/--no-quality", help="Measure signal quality.")] = True,
    measure: Annotated[
        bool, typer.Option("--measure", help="Also measure the waves, into a table beside the signals.")
    ] = False,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    leads: LeadsOption = None,
) -> None:
    """Read, check, filter, resample and store ECGs. A bad file is listed in rejected.parquet and never stops the run.

    Example: `einthoven ingest /data/ptb-xl/records500 --store stores/ptb_xl --workers 2`

    As a published model wants it: `einthoven ingest ecgs --store stores/founder --spec public:ecgfounder_12lead`
    """
    from einthoven.cli.failures import tell_left_out
    from einthoven.cli.progress import progress_lines
    from einthoven.cli.sources import find_in
    from einthoven.store.ingest import ingest

    ingest_spec = _read_spec(spec)
    with progress_lines() as announce:
        announce("Looking for ECGs")
        found = find_in(sources, layout=layout, unit=unit, leads=leads)
        progress = announce(f"Ingesting {len(found.locations):,} ECGs")
        summary = ingest(
            found.locations,
            store,
            spec=ingest_spec,
            workers=workers,
            shard_records=shard_records,
            measure_quality=quality,
            measure_waves=measure,
            progress=progress,
        )
    tell_left_out(found)
    _print_summary(summary, store)


def _print_summary(summary: IngestSummary, store: Path) -> None:
    """Say what was stored and why the rest wasn't; nothing stored is an error."""
    from rich.console import Console

    from einthoven.drawing.printable import printable
    from einthoven.errors import UnreadableFileError

    reasons = _reasons(store)
    if summary.records == 0:
        raise UnreadableFileError(f"none of {summary.rejected:,} ECGs could be stored; the first: {reasons[0]}")
    console = Console()
    console.print(f"{summary.records:,} ECGs stored in {store}", highlight=False)
    if reasons:
        console.print(f"{summary.rejected:,} rejected, with reasons in {store / 'rejected.parquet'}", highlight=False)
    for reason in reasons[:SHOWN]:
        console.print(f"  {printable(reason)}", highlight=False, markup=False, soft_wrap=True)


def _reasons(store: Path) -> list[str]:
    from einthoven.store.store import Store

    with Store.open(store) as opened:
        return [str(message) for message in opened.rejected["message"].to_pylist()]


def _read_spec(named: str | None) -> IngestSpec:
    import json

    from einthoven.ecg.input_spec import IngestSpec
    from einthoven.errors import SpecificationError
    from einthoven.models.public.catalogue import public_model

    if named is None:
        return IngestSpec()
    if named.startswith(PUBLIC):
        name, _, preset = named.removeprefix(PUBLIC).partition(":")
        return public_model(name).prepared_as(preset or None).ingest
    path = Path(named)
    try:
        return IngestSpec.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SpecificationError(f"the spec {path} can't be read ({reason}): it must be a JSON file") from error
