"""``einthoven predict``: a checkpoint scores ECG files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from einthoven.cli.sources import IN_HELP, LayoutOption, LeadsOption, UnitOption

__all__ = ["predict_command"]


def predict_command(
    checkpoint: Annotated[
        list[Path],
        typer.Option(help="Folder of a checkpoint; several times for an ensemble, whose scores are averaged."),
    ],
    source: Annotated[list[Path], typer.Option("--input", readable=False, metavar="PATH", help=IN_HELP)],
    out: Annotated[Path, typer.Option(help="CSV or Parquet with one row per ECG and a column score.LABEL each.")],
    store: Annotated[
        Path | None, typer.Option(help="Keep the prepared signals here; by default in a temporary folder.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that prepare signals.")] = 1,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    leads: LeadsOption = None,
) -> None:
    """Score ECGs with a trained model: the signals go the same way as in training.

    Example: `einthoven predict --checkpoint runs/ptb_xl/stages/train/main/1/checkpoint --input new --out scores.csv`
    """
    from rich.console import Console

    from einthoven.cli.failures import naming, print_failures, tell_left_out
    from einthoven.cli.progress import progress_lines
    from einthoven.cli.sources import find_in
    from einthoven.study.scoring import check_output, score_files

    check_output(out)
    with progress_lines() as announce:
        announce("Looking for ECGs")
        found = find_in(source, layout=layout, unit=unit, leads=leads)
        scores = score_files(found.locations, checkpoint, store=store, workers=workers, announce=announce)
        scores.write(out)
    tell_left_out(found)
    console = Console()
    console.print(f"{len(scores.record_ids):,} ECGs scored into {out}", highlight=False)
    if scores.simulated:
        names = ", ".join(scores.simulated)
        line = f"note: the model learnt from simulated patients ({names}): its scores are no evidence about real ones"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if scores.seen:
        line = f"note: the weights have seen {'; '.join(scores.seen)}: scores on ECGs of these say little about others"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    print_failures([f"not scored: {naming(path, message)}" for path, message in scores.rejected])
