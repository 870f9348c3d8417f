"""Frozen settings out of parsed JSON or TOML: lists stand for tuples, an unknown key names the nearest one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from einthoven.errors import UnknownNameError
from einthoven.registry import nearest

__all__ = ["settings_from"]

Settings = TypeVar("Settings")


def settings_from(kind: type[Settings], values: Mapping[str, Any], *, where: str) -> Settings:
    """Return an instance of the dataclass ``kind``; ``where`` begins the message about a key that it hasn't got.

    Raises
    ------
    UnknownNameError
        Names the nearest key.

    Examples
    --------
    >>> from einthoven.models.head_settings import HeadSettings
    >>> settings_from(HeadSettings, {"hidden_width": 8}, where="head").hidden_width
    8
    """
    accepted = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type] # a dataclass, by contract
    for key in values:
        if key not in accepted:
            raise UnknownNameError(f"{where} has no setting {key!r}{nearest(key, accepted)}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})
