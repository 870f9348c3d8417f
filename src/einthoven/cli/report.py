"""``einthoven report``: write a run's report again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from einthoven.errors import SpecificationError

__all__ = ["report_command"]


def report_command(
    run: Annotated[Path, typer.Argument(help="A run folder, as `einthoven run` makes it.")],
    out: Annotated[Path | None, typer.Option(help="Where to write; by default RUN/report/report.html.")] = None,
) -> None:
    """Write the report of a run as one HTML file; reads artefacts only and needs no torch.

    Example: `einthoven report runs/first --out first.html`
    """
    from rich.console import Console

    try:
        from einthoven.report.html import render
    except ModuleNotFoundError as error:
        raise SpecificationError(
            f"reports need {error.name}, which isn't installed: pip install 'einthoven[report]'"
        ) from error
    report = render(run, out)
    Console().print(f"report: {report.resolve()}", soft_wrap=True, highlight=False)
