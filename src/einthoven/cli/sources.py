"""What all verbs that read ECGs share: files, folders and declared arrays become record locations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.formats.search import Found

__all__ = ["IN_HELP", "LayoutOption", "LeadsOption", "UnitOption", "find_all", "find_in", "named_in"]

# no verb has typer look whether IN may be read: readers say it in one line, as they say all else
IN_HELP = "A file, or a folder that is searched for ECGs of all formats."
LayoutOption = Annotated[
    Path | None,
    typer.Option(help="TOML that declares an array: axes, rate_hz, unit, leads; optional scale and dataset."),
]
UnitOption = Annotated[
    str | None,
    typer.Option(help="Amplitude unit of files that don't say theirs: mV, uV, V or 4.88uV. Never overrules a file."),
]
LeadsOption = Annotated[
    str | None,
    typer.Option(help="Leads of files that don't name theirs, one per stored signal, with commas; - leaves one out."),
]


def find_in(paths: Sequence[Path], *, layout: Path | None, unit: str | None, leads: str | None = None) -> Found:
    """Return every ECG under ``paths``, in order, and what is none.

    Raises
    ------
    RecordError
        For a path without ECGs.
    SpecificationError
        For a layout that can't be read or declares what doesn't exist, and for a unit that is none.
    """
    from einthoven.ecg.formats.search import Found

    each = [find_all(path, layout=layout, unit=unit, leads=leads) for path in paths]
    return Found(
        [location for found in each for location in found.locations],
        [path for found in each for path in found.others],
        [reason for found in each for reason in found.unreadable],
    )


def find_all(path: Path, *, layout: Path | None, unit: str | None, leads: str | None = None) -> Found:
    """Return the ECGs under one path, in order, and what is none; errors as in ``find_in``."""
    from einthoven.ecg.formats.reading import find
    from einthoven.errors import SpecificationError

    options = _read_layout(layout) if layout else {}
    if unit:
        _check_unit(unit)
        options["unit"] = unit
    if leads:
        options["leads"] = leads
    try:
        return find(path, format="array" if layout else None, options=options)
    except SpecificationError as error:
        if layout is None:
            raise
        raise type(error)(f"the layout {layout}: {error}") from error


def named_in(locations: Sequence[RecordLocation], record: str, path: Path) -> RecordLocation:
    """Return the ECG of that name among those of ``path``.

    Raises
    ------
    UnknownNameError
        Names the nearest.
    """
    from difflib import get_close_matches

    from einthoven.errors import UnknownNameError

    for location in locations:
        if location.record_id == record:
            return location
    names = [location.record_id for location in locations]
    nearest = (get_close_matches(record, names, n=1, cutoff=0.0) or names)[0]
    raise UnknownNameError(f"no ECG in {path} is named {record!r}: did you mean {nearest!r}?")


def _check_unit(unit: str) -> None:
    from einthoven.ecg.formats.units import millivolts_per_unit
    from einthoven.errors import SpecificationError, UnitError

    try:
        millivolts_per_unit("mV" if unit == "arbitrary" else unit, where="--unit")
    except UnitError as error:
        raise SpecificationError(f"--unit must be mV, uV or V, or a multiple such as 4.88uV, got {unit!r}") from error


def _read_layout(path: Path) -> dict[str, Any]:
    import tomllib

    from einthoven.errors import SpecificationError

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # a ValueError for what is no TOML, and for what isn't even text
        reason = getattr(error, "strerror", None) or error
        raise SpecificationError(f"the layout {path} can't be read ({reason}): it must be a TOML file") from error
