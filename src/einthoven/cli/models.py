"""``einthoven models``: published foundation models, what they must be fed, and their weights made usable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einthoven.cli.models_check import check_command
from einthoven.cli.models_export import export_command
from einthoven.cli.sources import IN_HELP, LayoutOption, LeadsOption, UnitOption

if TYPE_CHECKING:
    from einthoven.models.public.public_model import PublicModel
    from einthoven.study.presets import PresetDifference

__all__ = ["models_app"]

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As `einthoven models list` shows it.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Weights as their authors offer them.")]
AsOption = Annotated[str, typer.Option("--as", metavar="NAME", help="Which published model the file should be.")]
PresetOption = Annotated[
    str | None, typer.Option(help="One of the model's ways to prepare ECGs; the first of them by default.")
]

models_app = typer.Typer(
    no_args_is_help=True,
    help="List, describe, check, convert and export published foundation models and architectures.",
)


@models_app.command("list")
def list_command() -> None:
    """List the published models that can be loaded, and the architectures that can be trained.

    Example: `einthoven models list`
    """
    from rich.console import Console
    from rich.table import Table

    from einthoven.models.architectures import ARCHITECTURES
    from einthoven.models.public.catalogue import public_model, public_model_names
    from einthoven.registry import names

    table = Table(box=None, pad_edge=False, collapse_padding=True)
    for title in ("model", "architecture"):
        table.add_column(title, no_wrap=True)
    for title in ("weights", "leads", "Hz", "s", "labels"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("commercial use", no_wrap=True)
    for model in map(public_model, public_model_names()):
        spec = model.spec
        table.add_row(
            model.name,
            model.architecture,
            f"{model.n_parameters / 1e6:.1f} M",
            str(len(spec.leads)),
            f"{spec.ingest.rate_hz:g}",
            f"{spec.view.window_s:g}",
            str(len(model.labels) or "-"),
            _commercial(model),
        )
    Console().print(table)
    typer.echo(f"\narchitectures: {', '.join(names('architectures', ARCHITECTURES))}")
    typer.echo("\neinthoven models show NAME says more, and where to get the weights: none are shipped.")


@models_app.command("show")
def show_command(name: NameArgument) -> None:
    """Describe a published model: input, labels in order, what it has seen, licence, traps; or an architecture.

    Example: `einthoven models show ecgfounder_12lead`
    """
    from einthoven.cli.models_card import architecture_card, public_model_card
    from einthoven.models.architectures import ARCHITECTURES
    from einthoven.models.public.catalogue import public_model
    from einthoven.registry import names

    if name in names("architectures", ARCHITECTURES):
        typer.echo("\n".join(architecture_card(name)))
    else:
        typer.echo("\n".join(public_model_card(public_model(name))))


models_app.command("check")(check_command)


@models_app.command("convert")
def convert_command(
    file: FileArgument,
    name: AsOption,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the checkpoint; must be new.")],
    *,
    preset: PresetOption = None,
    leads: Annotated[
        str | None, typer.Option(help="Some of the model's leads, with commas, where it keeps leads apart: I,V1.")
    ] = None,
    encoder_only: Annotated[
        bool, typer.Option("--encoder-only", help="Leave the published labels and their head away.")
    ] = False,
) -> None:
    """Turn published weights into a checkpoint that `einthoven predict` scores with; strictly, or not at all.

    For example:

    - `einthoven models convert 12_lead_ECGFounder.pth --as ecgfounder_12lead --out models/ecgfounder`

    - `einthoven predict --checkpoint models/ecgfounder --input new --out scores.csv`
    """
    from einthoven.ecg.leads import canonical_leads
    from einthoven.errors import CheckpointError
    from einthoven.models.public.catalogue import public_model
    from einthoven.models.public.fewer_leads import with_leads
    from einthoven.models.public.loading import load_public

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CheckpointError(f"{out} is there already: name a new folder, or remove it first")
    model = public_model(name)
    if leads:
        model = with_leads(model, canonical_leads(leads.split(","), where="--leads"))
    checkpoint, report = load_public(model, file, preset=preset, encoder_only=encoder_only)
    checkpoint.save(out)
    if model.is_published(report.sha256) is False:
        typer.echo(
            f"beware: the SHA-256 of {file} is not the published one: names and shapes fit, the numbers are others', "
            "and what these have seen since isn't known",
            err=True,
        )
    typer.echo(
        f"{len(report.loaded)} tensors are loaded, {len(report.ignored)} have no part in the network; the checkpoint "
        f"is in {out}"
    )
    typer.echo(f"licence of the weights: {model.weight_licence}; commercial use: {_commercial(model)}")
    seen = ", ".join(dict.fromkeys(one.data_set for one in model.pretrained_on))
    typer.echo(f"it has seen {seen}: scores on these say little about other patients")


models_app.command("export")(export_command)


@models_app.command("compare-presets")
def compare_presets_command(
    name: NameArgument,
    weights: Annotated[Path, typer.Option(metavar="FILE", help="The model's weights as their authors offer them.")],
    source: Annotated[list[Path], typer.Option("--input", readable=False, metavar="PATH", help=IN_HELP)],
    *,
    out: Annotated[Path | None, typer.Option(metavar="CSV", help="Write the table as a file, too.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that prepare signals.")] = 1,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    leads: LeadsOption = None,
) -> None:
    """Score the same ECGs as each preset prepares them, and show how far the outputs move.

    Example: `einthoven models compare-presets ecgfounder_12lead --weights 12_lead_ECGFounder.pth --input ecgs`
    """
    from einthoven.cli.failures import tell_left_out
    from einthoven.cli.progress import progress_lines
    from einthoven.cli.sources import find_in
    from einthoven.models.public.catalogue import public_model
    from einthoven.models.public.loading import load_public
    from einthoven.study.presets import compare_presets

    model = public_model(name)
    checkpoint, _ = load_public(model, weights)
    with progress_lines() as announce:
        announce("Looking for ECGs")
        found = find_in(source, layout=layout, unit=unit, leads=leads)
        rows = compare_presets(checkpoint, model.presets, found.locations, announce=announce, workers=workers)
    tell_left_out(found)
    _print_differences(rows, model)
    if out:
        _write_differences(rows, out)


@models_app.command("page")
def page_command(which: Annotated[str, typer.Argument(metavar="PAGE", help="architectures or published")]) -> None:
    """Print a page of the reference in Markdown: of all architectures, or of all published models.

    Example: `einthoven models page published`
    """
    from einthoven.cli.models_page import PAGES
    from einthoven.errors import UnknownNameError
    from einthoven.registry import nearest

    if which not in PAGES:
        raise UnknownNameError(f"there is no page {which!r}{nearest(which, PAGES)}")
    typer.echo(PAGES[which](), nl=False)


def _print_differences(rows: list[PresetDifference], model: PublicModel) -> None:
    import math

    from rich.console import Console
    from rich.table import Table

    from einthoven.cli.models_card import most_moved

    first = next(iter(model.presets))
    table = Table(
        box=None,
        pad_edge=False,
        collapse_padding=True,
        title=f"scores of {rows[0].n:,} ECGs, moved from preset {first} by",
    )
    table.add_column("preset", no_wrap=True)
    table.add_column("label", no_wrap=True, overflow="ellipsis", max_width=34)
    for heading in ("mean", "largest", "rank corr.", "cross 0.5"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in most_moved(rows):
        numbers = (row.mean_difference, row.largest_difference, row.rank_correlation)
        shown = ("-" if math.isnan(number) else f"{number:.3f}" for number in numbers)
        share = "-" if math.isnan(row.changed_sides) else f"{100 * row.changed_sides:.1f} %"
        table.add_row(row.preset, row.label, *shown, share)
    Console().print(table)


def _write_differences(rows: list[PresetDifference], path: Path) -> None:
    import csv
    from dataclasses import asdict

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(asdict(rows[0])))
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def _commercial(model: PublicModel) -> str:
    return {True: "yes", False: "no", None: "not stated"}[model.commercial_use]
