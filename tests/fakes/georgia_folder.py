"""The Georgia data set in small."""

from __future__ import annotations

from pathlib import Path

from einthoven.cohort.sources.georgia import Georgia
from fakes.coded_header_files import write_coded_folder


def make_georgia(folder: Path) -> Georgia:
    """Write five ECGs in two folders."""
    return Georgia(str(write_coded_folder(folder, [f"g{number // 3}/E{number:05d}" for number in range(1, 6)])))
