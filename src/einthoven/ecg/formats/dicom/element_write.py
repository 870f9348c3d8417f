"""Data elements and codes of DICOM objects that are written; what the standard doesn't allow is an error."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from pydicom import config
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.valuerep import format_number_as_ds

__all__ = ["WrittenCode", "code_items", "decimal", "put"]

_MAX_SHORT = 16  # PS3.3, 8.1: longer codes stand in Long Code Value
_SCP_ECG_VERSION = "1.3"  # without it the name alone doesn't say which edition's numbers these are


class WrittenCode(NamedTuple):
    """Code value, coding scheme, meaning."""

    value: str
    scheme: str
    meaning: str


def put(data: Dataset, keyword: str, value: Any) -> None:
    """Add an element by its keyword.

    Raises
    ------
    ValueError
        When its value representation doesn't allow the value.
    """
    tag = tag_for_keyword(keyword)
    assert tag is not None
    data.add(DataElement(tag, dictionary_VR(tag), value, validation_mode=config.RAISE))


def code_items(*codes: WrittenCode) -> list[Dataset]:
    """Return the items of a sequence of codes."""
    items = []
    for code in codes:
        item = Dataset()
        put(item, "CodeValue" if len(code.value) <= _MAX_SHORT else "LongCodeValue", code.value)
        put(item, "CodingSchemeDesignator", code.scheme)
        if code.scheme == "SCPECG":
            put(item, "CodingSchemeVersion", _SCP_ECG_VERSION)
        put(item, "CodeMeaning", code.meaning[:64])
        items.append(item)
    return items


def decimal(value: float) -> str:
    """Return a number in the 16 characters of a decimal string.

    Examples
    --------
    >>> decimal(4.88), decimal(500.0), decimal(1 / 3)
    ('4.88', '500', '0.33333333333333')
    """
    assert math.isfinite(value)
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else format_number_as_ds(float(value))
