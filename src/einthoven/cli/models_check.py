"""``einthoven models check``: what a file of weights is, and what would become of each of its tensors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from einthoven.models.public.recognise import Resemblance

__all__ = ["check_command"]

SHOWN_MODELS = 3  # that a file resembles, without being one of them
SHOWN_FAULTS = 3


def check_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Weights as their authors offer them.")],
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Which published model the file should be; by default any."),
    ] = None,
) -> None:
    """Say what would become of each tensor of a file: loaded, ignored and why, missing, unexpected, of wrong shape.

    Without --as, say which published model the file is, or which ones it resembles. Exit status 2 when it isn't the
    model as published, or none.

    Example: `einthoven models check 12_lead_ECGFounder.pth --as ecgfounder_12lead`
    """
    from einthoven.cli.models_card import report_lines
    from einthoven.models.public.catalogue import public_model
    from einthoven.models.public.loading import check_weights

    if name is None:
        complete = _recognised(file)
    else:
        model = public_model(name)
        report, weights = check_weights(model, file)
        typer.echo("\n".join(report_lines(model, report, weights)))
        complete = report.complete
    if not complete:
        raise typer.Exit(2)


def _recognised(file: Path) -> bool:
    """Print what the file is or resembles; return whether it is a published model."""
    from einthoven.cli.models_card import report_lines
    from einthoven.models.public.recognise import recognise

    found = recognise(file)
    fitting = [one for one in found if one.report.complete]
    if not fitting:
        typer.echo("\n".join(_nearest_lines(file, found[:SHOWN_MODELS])))
        return False
    best = fitting[0]
    typer.echo("\n".join(report_lines(best.model, best.report, best.weights)))
    others = ", ".join(one.model.name for one in fitting[1:])
    if others and best.published:
        typer.echo(f"  {others} has the same names and shapes; the SHA-256 says which it is")
    elif others:
        typer.echo(f"  it may as well be {others}: names and shapes are the same, and only a SHA-256 could tell")
    typer.echo(f"  to use it: einthoven models convert {file} --as {best.model.name} --out DIR")
    return True


def _nearest_lines(file: Path, found: list[Resemblance]) -> list[str]:
    if not found:
        missing = "the names of its tensors are those of none; --as NAME says what one of them lacks"
        return [f"{file} is no published model that einthoven knows: {missing}"]
    lines = [f"{file} is no published model that einthoven knows; nearest:"]
    for one in found:
        faults = one.report.complaints
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        differ = f"{len(faults)} tensor{'s differ' if len(faults) > 1 else ' differs'}"
        lines.append(
            f"  {one.model.name}: {len(one.report.loaded)} tensors fit, {differ}: "
            f"{'; '.join(faults[:SHOWN_FAULTS])}{more}"
        )
    return lines
