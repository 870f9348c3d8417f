"""Direct identifiers that a WFDB header spells out: its record's name, and comments that say who, where and when."""

from __future__ import annotations

import re

from einthoven.ecg.formats.files import read_bytes
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.wfdb.comments import named_value
from einthoven.ecg.formats.wfdb.header import MAX_HEADER_BYTES, parse_header
from einthoven.ecg.formats.wfdb.locate import header_path

__all__ = ["identifiers"]

_TELLING = re.compile(
    r"name|patient|subject|\bid\b|number|\bno\b|mrn|ssn|birth|dob|address|street|city|phone|mail|doctor|physician|nurse|"
    r"operator|technician|hospital|clinic|institution|site|ward|room|visit|order|accession|serial",
    re.IGNORECASE,
)


def identifiers(location: RecordLocation) -> tuple[str, ...]:
    """Return the record's name and the values of comments such as ``# Patient name: ...``."""
    path = header_path(location.path)
    header = parse_header(read_bytes(path, limit=MAX_HEADER_BYTES), path=path)
    pairs = [named_value(comment) for comment in header.comments]
    values = [value for name, value in pairs if _TELLING.search(name)]
    return tuple(dict.fromkeys(value for value in (header.record_name, *values) if value))
