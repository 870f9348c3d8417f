"""``einthoven pretrain``: the encoders of a study, without its arms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["pretrain_command"]

# what a pretraining leaves, by the words under which it is shown
RESULTS = {
    "checkpoint": ("checkpoint",),
    "model card": ("model_card.md",),
    "history": ("history.csv",),
    "picture": ("training.svg", "training.png"),
}


def pretrain_command(
    study: Annotated[Path, typer.Argument(help="The study file, with [pretrain.NAME].")],
    name: Annotated[list[str] | None, typer.Option(help="Pretrain this one only; may be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(help="Run folder; by default runs/<name of the study's folder>.")] = None,
    data: Annotated[
        list[str] | None, typer.Option(help="NAME=PATH: where the data of section [data.NAME] lie on this machine.")
    ] = None,
) -> None:
    """Pretrain the encoders of a study: ingest, cohort, and every [pretrain.NAME], once per seed.

    Patients of the test split and of external data are never seen. A run that was stopped goes on where it was when the
    same command is given again. `einthoven run` with the same folder then trains the arms that start from them.

    Examples
    --------
    `einthoven pretrain examples/pretraining/study.toml`

    `einthoven pretrain study.toml --name masked --data archive=/data/ecgs --out runs/first`

    Several GPUs: `torchrun --standalone --nproc-per-node 8 -m einthoven pretrain study.toml`
    """
    from rich.console import Console

    from einthoven.cli.progress import progress_lines
    from einthoven.cli.run import data_paths
    from einthoven.study.pretraining import pretrain_study
    from einthoven.study.settings import load_study
    from einthoven.training.engine import processes

    settings = load_study(study, data_paths=data_paths(data))
    folder = out or Path("runs") / study.resolve().parent.name
    if not processes("auto").is_first:
        pretrain_study(settings, folder, names=name or (), first=False)
        return
    with progress_lines() as announce:
        made = pretrain_study(settings, folder, names=name or (), announce=announce)
    console = Console()
    for one in made:
        console.print(f"{one.name}, seed {one.seed}", soft_wrap=True, highlight=False)
        for words, files in RESULTS.items():
            found = next((one.folder / file for file in files if (one.folder / file).exists()), None)
            if found is not None:
                console.print(f"  {words}: {found}", soft_wrap=True, highlight=False)
