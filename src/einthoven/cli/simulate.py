"""``einthoven simulate``: made-up hospitals whose truth is known."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from einthoven.simulation.settings import SimulationSettings
    from einthoven.simulation.simulate import SimulationSummary

__all__ = ["simulate_command"]


def simulate_command(
    out: Annotated[Path, typer.Option(help="Folder of the hospitals; not there yet, or empty.")],
    patients: Annotated[int | None, typer.Option(help="Patients of each hospital; 1,000 by default.")] = None,
    sites: Annotated[
        str | None,
        typer.Option(
            help="Hospitals, with commas: A, B, the negative controls no_traits, no_memory, independent and shuffled, "
            "or those of the settings; default A,B."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same bytes; 0 by default.")] = None,
    settings: Annotated[
        Path | None, typer.Option(readable=False, help="TOML file with all that differs between hospitals.")
    ] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="Of the ECG files: muse, dicom, scp, wfdb, csv, aecg, fhir or npz.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    no_signals: Annotated[
        bool, typer.Option("--no-signals", help="Tables alone, for planning; they are the same as with ECGs.")
    ] = False,
) -> None:
    """Simulate hospitals: ECG files, echo reports, diagnoses and follow-up as an export, and the truth beside them.

    Whatever a study finds there checks the software; it is no evidence about patients. The folder gets one folder per
    hospital, `truth/`, which no study reads, `simulation.toml` with all settings, and `study.toml` to begin with.

    Examples
    --------
    `einthoven simulate --patients 5000 --sites A,B --out hospitals --seed 7`

    `einthoven simulate --settings simulation.toml --out hospitals --workers 2`

    `einthoven simulate --patients 100000 --sites A --out plan --no-signals`
    """
    from rich.console import Console

    from einthoven.cli.progress import progress_lines
    from einthoven.simulation.settings import simulation_settings
    from einthoven.simulation.simulate import simulate

    resolved = simulation_settings(
        settings,
        patients=patients,
        sites=None if sites is None else [name.strip() for name in sites.split(",") if name.strip()],
        seed=seed,
        signals=False if no_signals else None,
        file_format=file_format,
    )
    with progress_lines() as announce:
        summary = simulate(
            resolved,
            out,
            workers=workers,
            progress=lambda name: announce(f"Simulating patients of {name}"),
        )
    _print_card(summary, resolved, Console())


def _print_card(summary: SimulationSummary, settings: SimulationSettings, console: Console) -> None:
    """Print what was made, where the truth lies, and what comes next."""
    from rich.table import Table

    table = Table("hospital", "patients", "ECGs", "echoes", "LVEF <= 40 % of echoes", "ECG files", box=None)
    for name, counts in summary.counts.items():
        low = f"{counts.lvsd_echoes / counts.echoes:.1%}" if counts.echoes else "-"
        files = settings.hospitals[name].file_format if settings.signals else "none"
        numbers = (f"{number:,}" for number in (counts.patients, counts.ecgs, counts.echoes))
        table.add_row(name, *numbers, low, files)
    console.print(table)
    console.print(
        "Simulated data: whatever a study finds here checks the software; it is no evidence about patients.",
        soft_wrap=True,
    )
    console.print(f"truth (no study reads it): {summary.truth}", highlight=False, markup=False, soft_wrap=True)
    console.print(f"next: einthoven cohort {summary.study}", highlight=False, markup=False, soft_wrap=True)
