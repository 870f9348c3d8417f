"""``einthoven deidentify``: ECG files without the identity of their patients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einthoven.cli.sources import IN_HELP, LayoutOption, LeadsOption, UnitOption

if TYPE_CHECKING:
    from einthoven.ecg.deidentification import Pseudonyms
    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.formats.deidentified_file import Deidentified

__all__ = ["deidentify_command"]

KEY_BYTES = 32


def deidentify_command(
    source: Annotated[Path, typer.Argument(readable=False, metavar="IN", help=IN_HELP)],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A file, for one file; a folder, for a folder.")],
    key: Annotated[
        Path,
        typer.Option(
            "--map", help="File with the secret key that maps identities to pseudonyms; made when it is missing."
        ),
    ],
    keep: Annotated[
        str, typer.Option(help="What stays, with commas: age, sex, device, statements, annotations.")
    ] = "age,sex",
    to: Annotated[str | None, typer.Option(help="Format of the output; by default that of the input.")] = None,
    linkage: Annotated[
        Path | None, typer.Option(help="Write a table old id, new id to this new file. As secret as the key.")
    ] = None,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    leads: LeadsOption = None,
) -> None:
    """Write ECGs under pseudonyms, dates shifted by one secret number of days per patient.

    Only what --keep names leaves, beside signal and machine measurements. The same key gives the same pseudonym for a
    patient in every format and on every day. Each output is searched for the identifiers of its input before it is
    written.

    Example: `einthoven deidentify export/ shared/ --keep age,sex --map salt.key --to dicom`
    """
    from einthoven.cli.failures import tell_left_out
    from einthoven.cli.sources import find_all
    from einthoven.ecg.deidentification import check_kept

    kept = [word.strip() for word in keep.split(",") if word.strip()]
    check_kept(kept)
    found = find_all(source, layout=layout, unit=unit, leads=leads)
    if source.is_dir():
        _make_folder(target, source)
    _refuse_shared_secrets([secret for secret in (key, linkage) if secret], target)
    pseudonyms = _pseudonyms(key)
    with _linkage_table(linkage) as link:

        def write_one(location: RecordLocation) -> Deidentified:
            one = _one(location, target, to=to, pseudonyms=pseudonyms, keep=kept)
            link(one)
            return one

        done, failures = _all(found.locations, write_one, stop_at_failure=not source.is_dir())
    tell_left_out(found)
    _print_summary(done, failures, key=key)
    if found.unreadable:
        raise typer.Exit(2)


def _all(
    locations: Sequence[RecordLocation], write_one: Callable[[RecordLocation], Deidentified], *, stop_at_failure: bool
) -> tuple[list[Deidentified], list[str]]:
    """Return what was written, and why the rest wasn't."""
    from einthoven.cli.failures import reason_of
    from einthoven.cli.progress import each_written_whole, progress_lines
    from einthoven.errors import RecordError, SpecificationError

    done: list[Deidentified] = []
    failures: list[str] = []
    with progress_lines() as announce, each_written_whole(done, total=len(locations)):
        progress = announce(f"De-identifying {len(locations):,} ECGs")
        for number, location in enumerate(locations, start=1):
            try:
                done.append(write_one(location))
            except (RecordError, SpecificationError) as error:
                if stop_at_failure:
                    raise
                failures.append(reason_of(error, location))
            progress(number, len(locations))
    return done, failures


def _make_folder(target: Path, source: Path) -> None:
    from einthoven.errors import SpecificationError

    if target.exists() and not target.is_dir():
        raise SpecificationError(f"{target} is a file: name a folder for the output of a folder")
    if target.resolve().is_relative_to(source.resolve()):
        raise SpecificationError(f"{target} lies in the input folder {source}: name a folder outside it")
    target.mkdir(parents=True, exist_ok=True)


def _refuse_shared_secrets(secrets: Sequence[Path], target: Path) -> None:
    """Refuse a key or a table of identities among the files that are to be handed out."""
    from einthoven.errors import SpecificationError

    for secret in secrets:
        if target.is_dir() and secret.resolve().is_relative_to(target.resolve()):
            raise SpecificationError(
                f"{secret} lies in the output folder {target}, it would be handed out with the ECGs: name another place"
            )


def _one(
    location: RecordLocation, target: Path, *, to: str | None, pseudonyms: Pseudonyms, keep: list[str]
) -> Deidentified:
    from einthoven.ecg.formats.deidentified_file import write_deidentified
    from einthoven.ecg.formats.writing import SUFFIXES, WRITERS
    from einthoven.errors import SpecificationError

    chosen = to or (None if target.is_dir() else SUFFIXES.get(target.suffix.lower())) or location.format
    if chosen not in WRITERS:
        raise SpecificationError(
            f"{location.path}: {chosen} files can't be written; say into which format: --to dicom "
            f"(or {', '.join(sorted(set(WRITERS) - {'dicom'}))})"
        )
    return write_deidentified(location, target, to=chosen, pseudonyms=pseudonyms, keep=keep)


def _pseudonyms(path: Path) -> Pseudonyms:
    """Read the key, or make one that only its owner may read."""
    import os
    import secrets

    from einthoven.ecg.deidentification import Pseudonyms
    from einthoven.errors import SpecificationError

    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
    try:
        return Pseudonyms(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (ValueError, SpecificationError) as error:  # no digits, or too few
        raise SpecificationError(
            f"{path} is no key: it must hold at least 32 hexadecimal digits; name a new file to have one made"
        ) from error


@contextmanager
def _linkage_table(path: Path | None) -> Iterator[Callable[[Deidentified], None]]:
    """Give what adds an ECG to the table, at once: a run that is stopped leaves the links of what it has written."""
    import csv
    import os

    from einthoven.errors import SpecificationError

    if path is None:
        yield lambda _: None
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SpecificationError(f"{path} exists already: name a new file for the table of identities") from error
    with os.fdopen(descriptor, "w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        table = csv.writer(file)
        table.writerow(["record_id", "patient_id", "new_record_id", "new_patient_id", "shift_days"])

        def link(one: Deidentified) -> None:
            shift = "" if one.shift_days is None else one.shift_days
            table.writerow([one.record_id, one.patient_id, one.new_record_id, one.new_patient_id, shift])
            file.flush()

        yield link


def _print_summary(done: list[Deidentified], failures: list[str], *, key: Path) -> None:
    import os

    from rich.console import Console

    from einthoven.cli.failures import print_failures
    from einthoven.errors import UnreadableFileError

    console = Console()
    if done:
        patients = len({one.new_patient_id for one in done})
        checked = sum(one.identifiers for one in done)
        console.print(
            f"{len(done):,} ECGs of {patients:,} patients written; {checked:,} identifiers looked for, none found",
            highlight=False,
        )
        told = [f"Keep {key} secret and safe: it repeats the pseudonyms and date shifts"]
        if os.name == "posix" and key.stat().st_mode & 0o077:
            told.append(f"Other users may read {key}: chmod 600 {key}")
        for line in told:
            console.print(line, highlight=False, markup=False, soft_wrap=True)
    if failures:
        print_failures(failures)
        raise UnreadableFileError(f"{len(failures):,} of {len(failures) + len(done):,} ECGs were not written")
