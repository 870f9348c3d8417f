"""``einthoven data``: which public ECG data sets there are, and how to get them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from einthoven.cohort.datasets import Dataset
    from einthoven.cohort.download import DownloadSummary
    from einthoven.cohort.download_http import Credentials, Web
    from einthoven.cohort.download_plan import DownloadPlan
    from einthoven.store.cancellation import StopRequest

__all__ = ["data_app"]

USERNAME, PASSWORD = "PHYSIONET_USERNAME", "PHYSIONET_PASSWORD"
PHYSIONET = "physionet.org"
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As `einthoven data list` shows it.")]

data_app = typer.Typer(no_args_is_help=True, help="List, describe and download public ECG data sets.")


@data_app.command("list")
def list_command(
    *, as_json: Annotated[bool, typer.Option("--json", help="All that is known, for programs.")] = False
) -> None:
    """List the public data sets: what they hold, and who may have them.

    Example: `einthoven data list`
    """
    import json
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    from einthoven.cohort.datasets import catalogue

    if as_json:
        typer.echo(json.dumps([asdict(dataset) for dataset in catalogue().values()], indent=2, ensure_ascii=False))
        return
    table = Table("name", "access", "what it is", box=None, pad_edge=False)
    for title in ("ECGs", "patients", "GB"):
        table.add_column(title, justify="right")
    for dataset in catalogue().values():
        numbers = (_count(dataset.records), _count(dataset.patients), _size(dataset))
        table.add_row(dataset.name, dataset.access, dataset.title, *numbers)
    Console().print(table)
    typer.echo("\neinthoven data show NAME says more; einthoven data fetch NAME --to DIR downloads it.")


@data_app.command("show")
def show_command(name: NameArgument) -> None:
    """Describe one data set: what it is good for, its traps, and how to get it.

    Example: `einthoven data show cinc2021`
    """
    from einthoven.cohort.datasets import find_dataset, shared_ecgs

    dataset = find_dataset(name)
    size = f", about {_size(dataset)} GB" if dataset.size_gb else ""
    counts = ((dataset.records, "ECGs"), (dataset.patients, "patients"))
    held = ", ".join(f"{number:,} {what}" for number, what in counts if number is not None)
    facts = {
        "title": f"{dataset.title} {dataset.version}".strip(),
        "holds": (held or "the page says") + size,
        "good for": dataset.good_for,
        "licence": dataset.licence,
        "page": dataset.page,
        "paper": f"https://doi.org/{dataset.doi}" if dataset.doi else "",
        "mirror": dataset.mirror,
        "shares ECGs with": ", ".join(shared_ecgs(dataset)),
    }
    typer.echo(dataset.name)
    for key, value in facts.items():
        if value:
            typer.echo(f"  {key}: {value}")
    for warning in dataset.warnings:
        typer.echo(f"  beware: {warning}")
    typer.echo("\n".join(_how_to_get(dataset)))


@data_app.command("fetch")
def fetch_command(
    name: NameArgument,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder for the files; gone on with if begun.")],
    only: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only such files, as 'records100/*'; can be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Files at a time.")] = 4,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how much it would be, and stop.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Read and check again what is there.")] = False,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="A copy of the published folder, such as the mirror.")
    ] = None,
) -> None:
    """Download an open data set, or go on with it; each file is checked. For the others: say how to get them.

    Run the same command again after anything that stopped it. Sets that need a PhysioNet account read it from the
    environment variables PHYSIONET_USERNAME and PHYSIONET_PASSWORD.

    For example:

    - `einthoven data fetch ptb_xl --to /data/ptb-xl`

    - `einthoven data fetch ptb_xl --to /data/ptb-xl --only '*.csv' --only 'records100/*'`

    - `einthoven data fetch mimic_iv_ecg --to /data/mimic-iv-ecg --only '*.csv' --dry-run`
    """
    from einthoven.cli.progress import progress_lines
    from einthoven.cohort.datasets import find_dataset
    from einthoven.cohort.download import download
    from einthoven.cohort.download_plan import plan_download
    from einthoven.store.cancellation import StopRequest

    dataset = find_dataset(name)
    web = _web_for(dataset, to)
    with _explained_refusal(dataset, to), StopRequest() as request, progress_lines() as announce:
        announce(f"Files of {dataset.title}")
        wait = _waiting(request)
        plan = plan_download(dataset, to, web=web, base_url=base_url, only=only or (), verify=verify, wait=wait)
        if dry_run:
            summary = None
        else:
            report = announce(f"Fetching {dataset.name} ({plan.unit})")
            summary = download(plan, web=web, workers=workers, progress=report, should_stop=lambda: bool(request))
    if summary is None:
        _tell_plan(plan)
        return
    if summary.stopped:
        raise request.error(
            f"{summary.fetched + summary.verified + summary.already:,} of {summary.files:,} files are in {to}; run the "
            "same command again, it goes on from there"
        )
    _tell(summary, dataset, to)


def _waiting(request: StopRequest) -> Callable[[float], None]:
    """Return a way to wait for a server that ends as soon as somebody wants to stop."""
    import time

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if request:
                raise request.error("nothing was fetched")
            time.sleep(min(left, 0.1))

    return wait


def _web_for(dataset: Dataset, folder: Path) -> Web:
    """Return the connection to a set's server, or say how to get the set where nobody could be let in."""
    import einthoven
    from einthoven.cohort.download_http import Web
    from einthoven.cohort.download_list import CHECKSUM_LIST

    credentials = None if dataset.access == "open" else _credentials()
    can_begin = credentials is not None or (folder / CHECKSUM_LIST).is_file()  # fetched by other means: check it
    if dataset.access != "open" and (dataset.listing == "none" or not can_begin):
        typer.echo("\n".join(_how_to_get(dataset)), err=True)
        raise typer.Exit(2)
    return Web(f"einthoven/{einthoven.__version__}", credentials=credentials)


def _credentials() -> Credentials | None:
    import os

    from einthoven.cohort.download_http import Credentials

    username, password = os.environ.get(USERNAME, ""), os.environ.get(PASSWORD, "")
    return Credentials(username, password, PHYSIONET) if username and password else None


@contextmanager
def _explained_refusal(dataset: Dataset, folder: Path) -> Iterator[None]:
    """Say what a server that lets nobody in is waiting for."""
    from einthoven.cohort.download_http import AccessRefusedError
    from einthoven.errors import CohortError

    try:
        yield
    except AccessRefusedError as error:
        if dataset.access == "open":
            raise CohortError(f"{error}, though {dataset.name} is open: see {dataset.page}, or try a mirror") from error
        typer.echo("\n".join((*_how_to_get(dataset), *_by_wget(dataset, folder))), err=True)
        raise CohortError(
            f"{error}: check {USERNAME} and {PASSWORD}, and that this account has finished the steps above"
        ) from error


def _how_to_get(dataset: Dataset) -> list[str]:
    fetch = f"einthoven data fetch {dataset.name} --to DIR"
    if dataset.access == "open":
        return [f"open to anybody: {fetch}"]
    steps = list(dataset.how_to_get)
    if dataset.listing != "none":
        steps.append(f"set {USERNAME} and {PASSWORD} in the environment, then: {fetch}")
    numbered = [f"  {number}. {step}" for number, step in enumerate(steps, start=1)]
    return [
        f"{dataset.title} is not open to everybody ({dataset.access}):",
        *numbered,
        f"  all about it: {dataset.page}",
    ]


def _by_wget(dataset: Dataset, folder: Path) -> list[str]:
    """Return the owners' own way in: PhysioNet takes passwords from few programs, and Wget is one of them."""
    import shlex
    from urllib.parse import urlsplit

    parts = len(urlsplit(dataset.base_url).path.strip("/").split("/"))
    place = shlex.quote(str(folder))
    return [
        "Where PhysioNet takes no password from einthoven although all is signed, take Wget, which that page names:",
        f"  wget -r -N -c -np -nH --cut-dirs={parts} --user NAME --ask-password -P {place} {dataset.base_url}",
        "and run this command again: it finds the list of files there, and checks each of them.",
    ]


def _tell_plan(plan: DownloadPlan) -> None:
    """Say how much a download would be."""
    about = "about " if plan.is_estimate else ""
    size = "of unknown size" if plan.needed_bytes is None else f"{about}{plan.needed_bytes / 1e9:,.3f} GB"
    typer.echo(
        f"{len(plan.pending):,} of {len(plan.files):,} files are to be fetched or checked, {size}; nothing was done"
    )


def _tell(summary: DownloadSummary, dataset: Dataset, folder: Path) -> None:
    """Say what is there now, and what comes next; a file that is missing is an error."""
    import shlex

    from einthoven.cli.failures import print_failures

    there = summary.fetched + summary.verified + summary.already
    typer.echo(
        f"{there:,} of {summary.files:,} files are in {folder}: {summary.fetched:,} fetched, "
        f"{summary.verified:,} found there and checked, {summary.already:,} checked earlier"
    )
    if summary.unchecked:
        typer.echo(f"{summary.unchecked:,} files have no published checksum: only their size was checked, where known")
    if summary.failures:
        print_failures(
            summary.failures, headline=f"{len(summary.failures):,} of {summary.files:,} files could not be had:"
        )
        raise typer.Exit(2)
    if dataset.afterwards:
        typer.echo(dataset.afterwards.replace("DIR", shlex.quote(str(folder.absolute()))))
    if step := _next_step(dataset, folder):
        typer.echo(step)


def _next_step(dataset: Dataset, folder: Path) -> str:
    """Return the lines of a study file that read the set, or the command that looks at it where that says something."""
    import json
    import shlex

    from einthoven.cohort.sources import SOURCES

    if dataset.source_name not in SOURCES:
        return "" if dataset.afterwards else f"Look at it: einthoven inspect {shlex.quote(str(folder))}"
    path = json.dumps(str(folder.absolute()), ensure_ascii=False)  # a JSON string is a TOML string, too
    return f'Next, in study.toml:\n\n[data.{dataset.name}]\nsource = "{dataset.source_name}"\npath = {path}'


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _size(dataset: Dataset) -> str:
    return "-" if dataset.size_gb is None else f"{dataset.size_gb:g}"
