"""``einthoven convert``: ECG files of any format become files of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from einthoven.cli.sources import IN_HELP, LayoutOption, LeadsOption, UnitOption

if TYPE_CHECKING:
    from rich.console import Console

    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.formats.conversion import Converted

__all__ = ["convert_command"]

SHOWN_NOTES = 10  # different ones; a folder of thousands of ECGs has few


def convert_command(
    source: Annotated[Path, typer.Argument(readable=False, metavar="IN", help=IN_HELP)],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A file, whose suffix says the format, or a folder.")],
    to: Annotated[
        str | None, typer.Option(help="Format of the output: wfdb, dicom, scp, muse, aecg, fhir, csv or npz.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist; never the input.")] = False,
    layout: LayoutOption = None,
    unit: UnitOption = None,
    leads: LeadsOption = None,
) -> None:
    """Convert ECGs; each output is read back, and what its format has no place for is told.

    A folder is converted into a folder of the same tree. A file that can't be converted is listed at the end and
    doesn't stop the others. No format gets the patient's name.

    Example: `einthoven convert export/ecg.xml ecg.dcm`, `einthoven convert export/ wfdb/ --to wfdb`
    """
    from rich.console import Console

    from einthoven.cli.failures import print_failures, tell_left_out
    from einthoven.cli.sources import find_all

    found = find_all(source, layout=layout, unit=unit, leads=leads)
    many = source.is_dir() or len(found.locations) > 1
    _refuse_inner(target, source)
    chosen = _chosen_format(target, to, many=many)
    into_folder = many or target.is_dir() or not target.suffix
    pairs = [
        (location, _target_in(target, location, source, chosen) if into_folder else target)
        for location in found.locations
    ]
    if many:
        done, failures = _convert_all(pairs, to=chosen, overwrite=overwrite)
    else:
        done, failures = [_convert_one(*pairs[0], to=chosen, overwrite=overwrite)], []
    _print_done(done, Console(), written_to=target)
    tell_left_out(found)
    if failures:
        print_failures(failures, headline=f"{len(failures):,} of {len(pairs):,} could not be converted")
    if failures or found.unreadable:
        raise typer.Exit(2)


def _refuse_inner(target: Path, source: Path) -> None:
    """Refuse a folder in the folder that is searched: another run would take its files for inputs."""
    from einthoven.errors import SpecificationError

    folder, inner = source.resolve(), target.resolve()
    if source.is_dir() and inner != folder and inner.is_relative_to(folder):
        raise SpecificationError(f"{target} lies in the input folder {source}: name a folder outside it")


def _chosen_format(target: Path, to: str | None, *, many: bool) -> str:
    """Return the output's format, refusing what contradicts itself before any file is read."""
    from einthoven.ecg.formats.writing import SUFFIXES, check_format, format_for
    from einthoven.errors import SpecificationError

    if many and target.exists() and not target.is_dir():
        raise SpecificationError(f"{target} is a file: name a folder for the output of several ECGs")
    a_file = not many and bool(target.suffix) and not target.is_dir()
    if to is None:
        if a_file:
            return format_for(target)
        raise SpecificationError(
            f"{target} is to be a folder: say the format of the files in it, for example --to dicom"
        )
    check_format(to)
    meant = SUFFIXES.get(target.suffix.lower(), to) if a_file else to
    if meant != to:
        raise SpecificationError(f"{target.name} is the name of a {meant} file, --to says {to}: change one of them")
    return to


def _target_in(folder: Path, location: RecordLocation, source: Path, to: str) -> Path:
    """Return the file for one ECG, in the same place of the tree as its input."""
    from einthoven.ecg.formats.writing import suffix_of

    parent = Path(location.path).parent
    relative = parent.relative_to(source) if source.is_dir() else Path()
    return folder / relative / f"{Path(location.record_id).name}{suffix_of(to)}"


def _convert_all(
    pairs: list[tuple[RecordLocation, Path]], *, to: str, overwrite: bool
) -> tuple[list[Converted], list[str]]:
    """Convert what can be converted; return it, and the reasons of the rest."""
    from einthoven.cli.failures import DISK_IS_FULL, reason_of
    from einthoven.cli.progress import each_written_whole, progress_lines
    from einthoven.ecg.formats.conversion import convert, files_of
    from einthoven.errors import EinthovenError

    done: list[Converted] = []
    failures: list[str] = []
    protected = {file for location, _ in pairs for file in files_of(location)}
    with progress_lines() as announce, each_written_whole(done, total=len(pairs)):
        progress = announce(f"Converting {len(pairs):,} ECGs")
        for number, (location, target) in enumerate(pairs, start=1):
            try:
                one = convert(location, target, to=to, overwrite=overwrite, protected=protected)
            except (EinthovenError, OSError) as error:
                if isinstance(error, OSError) and error.errno in DISK_IS_FULL:
                    raise
                failures.append(reason_of(error, location))
            else:
                protected.update(file.resolve() for file in one.files)  # two inputs never share an output
                done.append(one)
            progress(number, len(pairs))
    return done, failures


def _convert_one(location: RecordLocation, target: Path, *, to: str, overwrite: bool) -> Converted:
    from einthoven.ecg.formats.conversion import convert

    return convert(location, target, to=to, overwrite=overwrite)


def _print_done(done: list[Converted], console: Console, *, written_to: Path) -> None:
    if not done:
        return
    if len(done) == 1:
        console.print(f"written: {', '.join(map(str, done[0].files))}", highlight=False, markup=False, soft_wrap=True)
    else:
        console.print(
            f"{_counted(len(done), 'ECG')} written to {written_to}", highlight=False, markup=False, soft_wrap=True
        )
    lost = (words for one in done for words in one.lost)
    if len(done) > 1:
        lost = (words.partition(" (")[0] for words in lost)  # which measurements, differs from ECG to ECG
    _print_counted("not in the output: ", lost, console, total=len(done))
    derived = (f"computed, not recorded: {', '.join(one.derived)}" for one in done if one.derived)
    _print_counted("leads ", derived, console, total=len(done))
    _print_counted("note: ", (note for one in done for note in one.notes), console, total=len(done))


def _print_counted(lead_in: str, words: Iterable[str], console: Console, *, total: int) -> None:
    counts = Counter(words)
    for text, count in counts.most_common(SHOWN_NOTES):
        tail = f" ({_counted(count, 'ECG')})" if total > 1 else ""
        console.print(f"  {lead_in}{text}{tail}", highlight=False, markup=False, soft_wrap=True)
    if len(counts) > SHOWN_NOTES:
        console.print(f"  and {len(counts) - SHOWN_NOTES} more, of fewer ECGs", highlight=False)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
