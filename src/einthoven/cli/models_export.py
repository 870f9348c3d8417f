"""``einthoven models export``: a checkpoint as a file that runs without einthoven."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from einthoven.models.export import ExportCheck

__all__ = ["export_command"]


def export_command(
    checkpoint: Annotated[Path, typer.Argument(metavar="CHECKPOINT", help="Folder of a checkpoint.")],
    *,
    onnx: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an ONNX file.")] = None,
    program: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a program of torch.export; the name ends in .pt2.")
    ] = None,
) -> None:
    """Write a trained network as a file that runs without einthoven, and compare its numbers with torch's.

    Inputs: signal, float32 (batch, lead, sample), prepared as the file's metadata says, and covariates where the
    network reads them. Outputs: scores and features; features alone where there are no labels.

    Example: `einthoven models export models/ecgfounder --onnx ecgfounder.onnx`
    """
    from einthoven.errors import SpecificationError
    from einthoven.models.checkpoint import Checkpoint
    from einthoven.models.export import export_network
    from einthoven.models.export_metadata import export_metadata

    if onnx is None and program is None:
        raise SpecificationError("say what to write: --onnx FILE, --program FILE or both")
    for path in (onnx, program):
        if path is not None and path.exists():
            raise SpecificationError(f"{path} is there already: name a new file, or remove it first")
    loaded = Checkpoint.load(checkpoint)
    spec = loaded.spec
    checks = export_network(
        loaded.network(),
        n_leads=len(spec.leads),
        n_samples=spec.window_samples,
        onnx=onnx,
        program=program,
        metadata=export_metadata(loaded),
    )
    for check in checks:
        typer.echo(_verdict(check))
    typer.echo(
        f"input: signal (batch, {len(spec.leads)}, {spec.window_samples}), {', '.join(spec.leads)} at "
        f"{spec.ingest.rate_hz:g} Hz{_covariates(loaded.head.n_covariates)}; the file's metadata says how to prepare it"
    )
    if loaded.licence:
        typer.echo(f"licence of the weights: {loaded.licence}")


def _verdict(check: ExportCheck) -> str:
    """Return the errors in one line."""
    batches = ", ".join(map(str, check.errors))
    errors = ", ".join(f"{error:.1e}" for error in check.errors.values())
    return f"{check.path}: differs from torch by {errors} of the largest number at batch {batches}"


def _covariates(count: int) -> str:
    return f"; covariates (batch, {count})" if count else ""
