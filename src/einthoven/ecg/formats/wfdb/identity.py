"""Direct identifiers that a WFDB header spells out: its record's name, and comments that say who, where and when."""

from __future__ import annotations

import re

from einthoven.ecg.formats.files import read_bytes
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.wfdb.header import parse_header
from einthoven.ecg.formats.wfdb.locate import header_path

__all__ = ["identifiers"]

_MAX_HEADER_BYTES = 1 << 24
_TELLING = re.compile(
    r"name|patient|subject|\bid\b|number|\bno\b|mrn|ssn|birth|dob|address|street|city|phone|mail|doctor|physician|nurse|"
    r"operator|technician|hospital|clinic|institution|site|ward|room|visit|order|accession|serial",
    re.IGNORECASE,
)
_PAIR = re.compile(r"<?([^:<>]+?)>?\s*:\s*(.*)")


def identifiers(location: RecordLocation) -> tuple[str, ...]:
    """Return the record's name and the values of comments such as ``# Patient name: ...``."""
    path = header_path(location.path)
    header = parse_header(read_bytes(path, limit=_MAX_HEADER_BYTES), path=path)
    pairs = [_PAIR.fullmatch(comment) for comment in header.comments]
    values = [pair[2].strip() for pair in pairs if pair and _TELLING.search(pair[1])]
    return tuple(dict.fromkeys(value for value in (header.record_name, *values) if value))
