"""What ``inspect``, ``ingest`` and ``predict`` share: files, folders and declared arrays become record locations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from einthoven.ecg.formats import RecordLocation
    from einthoven.ecg.formats.search import Found

__all__ = ["LayoutOption", "LeadsOption", "UnitOption", "find_all", "locate_all"]

LayoutOption = Annotated[
    Path | None,
    typer.Option(help="TOML that declares an array: axes, rate_hz, unit, leads; optional scale and dataset."),
]
UnitOption = Annotated[
    str | None, typer.Option(help="Amplitude unit of files that don't say theirs: mV, uV, V or 4.88uV.")
]
LeadsOption = Annotated[
    str | None,
    typer.Option(help="Leads of files that don't name theirs, with commas, one per stored signal; - leaves one out."),
]


def locate_all(
    paths: Sequence[Path], *, layout: Path | None, unit: str | None, leads: str | None = None
) -> list[RecordLocation]:
    """Return every ECG under ``paths``, in order.

    Raises
    ------
    RecordError
        For a path without ECGs.
    SpecificationError
        For an unreadable layout.
    """
    return [location for path in paths for location in find_all(path, layout=layout, unit=unit, leads=leads).locations]


def find_all(path: Path, *, layout: Path | None, unit: str | None, leads: str | None = None) -> Found:
    """Return the ECGs under one path, in order, and the files there that are none; errors as in ``locate_all``."""
    from einthoven.ecg.formats.reading import find

    options = _read_layout(layout) if layout else {}
    if unit:
        options["unit"] = unit
    if leads:
        options["leads"] = leads
    return find(path, format="array" if layout else None, options=options)


def _read_layout(path: Path) -> dict[str, Any]:
    import tomllib

    from einthoven.errors import SpecificationError

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SpecificationError(f"the layout {path} can't be read: {error}") from error
