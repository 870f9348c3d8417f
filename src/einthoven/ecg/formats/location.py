"""Where one ECG lies, in enough words to read it again in another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["RecordLocation"]


@dataclass(frozen=True, slots=True)
class RecordLocation:
    """One ECG on disk; can be pickled.

    Attributes
    ----------
    record_id : str
    path : str
        The file; for WFDB the header, with or without ``.hea``.
    format : str
        A name in the table of formats.
    options : mapping
        What the reader has to be told, for example the declared layout of an array and the row in it.
    patient_id : str
        Overrides what the file says, when not empty.
    """

    record_id: str
    path: str
    format: str
    options: Mapping[str, Any] = field(default_factory=dict)
    patient_id: str = ""
