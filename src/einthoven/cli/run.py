"""``einthoven run``: a study file becomes a run folder with a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["data_paths", "run_command"]


def run_command(
    study: Annotated[Path, typer.Argument(help="The study file, for example examples/ptb_xl/study.toml.")],
    out: Annotated[Path | None, typer.Option(help="Run folder; by default runs/<name of the study's folder>.")] = None,
    data: Annotated[
        list[str] | None, typer.Option(help="NAME=PATH: where the data of section [data.NAME] lie on this machine.")
    ] = None,
) -> None:
    """Carry out a study: ingest, cohort, pretraining, training, prediction, evaluation, report.

    A run that was stopped goes on where it was when the same command is given again; nothing is done twice.

    Example: `einthoven run examples/ptb_xl/study.toml --data ptb_xl=/data/ptb-xl --out runs/first`
    """
    from rich.console import Console

    from einthoven.cli.progress import progress_lines
    from einthoven.study.run import run_study
    from einthoven.study.settings import load_study
    from einthoven.training.engine import processes

    settings = load_study(study, data_paths=data_paths(data))
    folder = out or Path("runs") / study.resolve().parent.name
    if not processes("auto").is_first:
        run_study(settings, folder, first=False)
        return
    with progress_lines() as announce:
        report = run_study(settings, folder, announce=announce)
    assert report is not None
    Console().print(f"report: {report.resolve()}", soft_wrap=True, highlight=False)


def data_paths(given: list[str] | None) -> dict[str, str]:
    """Return the paths of ``--data NAME=PATH`` by name."""
    return dict(_pair(text) for text in given or [])


def _pair(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not separator or not path:
        raise typer.BadParameter(f"--data takes NAME=PATH, got {text!r}")
    return name, path
