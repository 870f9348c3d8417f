"""The options a reader understands: unknown ones are refused with the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from einthoven.errors import UnknownNameError
from einthoven.registry import nearest

__all__ = ["check_options"]


def check_options(options: Mapping[str, Any], *, accepted: Iterable[str], reader: str) -> None:
    """Refuse an option that the reader does not know.

    Raises
    ------
    UnknownNameError
        Names the nearest option.

    Examples
    --------
    >>> check_options({"unti": "uV"}, accepted=["unit", "verify_checksum"], reader="wfdb")
    Traceback (most recent call last):
        ...
    einthoven.errors.UnknownNameError: format 'wfdb' has no option 'unti'; did you mean 'unit'?
    """
    for option in options:
        if option not in accepted:
            raise UnknownNameError(f"format {reader!r} has no option {option!r}{nearest(option, accepted)}")
