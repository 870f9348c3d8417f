"""``einthoven cohort``: who is in a study, made from the tables alone, before any signal is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from einthoven.errors import SpecificationError

__all__ = ["cohort_command"]


def cohort_command(
    study: Annotated[Path, typer.Argument(help="The study file; its [data] and [cohort] sections are used.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; by default cohorts/<name of the study's folder>.")
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option(help="NAME=PATH: where the data of section [data.NAME] lie on this machine.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Build a study's cohort from its tables: pairing, outcomes, history, groups, split, audit and flow.

    Signals are not read: what ingest would reject, and the same ECG under two ids, is found by `einthoven run`.
    The folder gets the cohort (Parquet), the flow (also drawn), the audit, what was dropped and why, and every value
    that was read out of a report's text with its place there.

    Examples
    --------
    `einthoven cohort examples/deepecg/study.toml --data A=/data/hospital_a --data B=/data/hospital_b`

    `einthoven cohort study.toml --out cohorts/first --json`
    """
    from rich.console import Console

    from einthoven.cli.cohort_summary import draw_flow, print_summary
    from einthoven.cli.progress import progress_lines
    from einthoven.cli.run import data_paths
    from einthoven.study.cohort import load_sources, make_cohort
    from einthoven.study.settings import load_study

    settings = load_study(study, data_paths=data_paths(data))
    folder = out or Path("cohorts") / study.resolve().parent.name
    if folder.exists() and not folder.is_dir():
        raise SpecificationError(f"{folder} is a file; choose another --out")
    with progress_lines() as announce:
        sources = load_sources(settings, announce)
        announce("Building and auditing the cohort")
        folder.mkdir(parents=True, exist_ok=True)
        made = make_cohort(settings, sources, None, folder)
        drawn = draw_flow(folder)
    if as_json:
        typer.echo((folder / "cohort.json").read_text())
        return
    print_summary(made, drawn, Console())
