"""What an evaluation will report, written down before the test set is opened."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.prediction_columns import SPLITS
from einthoven.evaluation.thresholds import THRESHOLD_RULES
from einthoven.registry import nearest

__all__ = ["Protocol"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Protocol:
    """Settings of an evaluation.

    Attributes
    ----------
    outcomes, models : tuple of str
        What to report, in this order; empty means all in the table, by name.
    splits : tuple of str
        Splits to report, in this order; those absent from the table are passed over, but one must be there.
    threshold_rule : str
        How cut-offs are chosen on split ``validation``.
    comparisons : tuple of (str, str)
        Pairs of models; empty means every pair.
    subgroups : tuple of str
        Columns whose values split the records, for example ``site`` or ``group.sex``.
    resamples, seed : int
        Of the bootstrap.
    level : float
        Coverage of the intervals.
    """

    outcomes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    splits: tuple[str, ...] = ("test", "external")
    threshold_rule: str = "youden"
    comparisons: tuple[tuple[str, str], ...] = ()
    subgroups: tuple[str, ...] = ()
    resamples: int = 1000
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        for split in self.splits:
            if split not in SPLITS:
                raise UnknownNameError(f"protocol: there is no split {split!r}{nearest(split, SPLITS)}")
        if self.threshold_rule not in THRESHOLD_RULES:
            tail = nearest(self.threshold_rule, THRESHOLD_RULES)
            raise UnknownNameError(f"protocol: there is no threshold rule {self.threshold_rule!r}{tail}")
        if not 0 < self.level < 1:
            raise SpecificationError(f"protocol: level must lie between 0 and 1, got {self.level}")
        if self.resamples < 1 or self.seed < 0:
            raise SpecificationError(
                f"protocol: resamples must be at least 1 and seed at least 0, got {self.resamples} and {self.seed}"
            )

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Protocol:
        """Return the protocol of plain values; lists become tuples, unknown keys are refused with the nearest name.

        Examples
        --------
        >>> Protocol.from_dict({"splits": ["external"], "resamples": 200}).splits
        ('external',)
        """
        known = {field.name: field.type for field in dataclasses.fields(cls)}
        values = {name: value for name, value in settings.items() if name != "version"}
        if settings.get("version", VERSION) != VERSION:
            raise SpecificationError(f"protocol: version must be {VERSION}, got {settings['version']!r}")
        for name, value in values.items():
            if name not in known:
                raise UnknownNameError(f"protocol has no setting {name!r}{nearest(name, known)}")
            values[name] = _checked(name, value, str(known[name]))
        return cls(**values)

    @classmethod
    def from_toml(cls, path: Path) -> Protocol:
        """Return the protocol in a TOML file."""
        try:
            return cls.from_dict(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise UnreadableFileError(f"can't read the protocol {path}: {error}") from error
        except tomllib.TOMLDecodeError as error:
            raise SpecificationError(f"the protocol {path} is no valid TOML: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """Return all settings, defaults included, as plain values."""
        settings = dataclasses.asdict(self)
        settings["comparisons"] = [list(pair) for pair in self.comparisons]
        return {"version": VERSION} | {k: list(v) if isinstance(v, tuple) else v for k, v in settings.items()}

    def to_json(self) -> str:
        """Return the resolved protocol, keys sorted."""
        return json.dumps(self.to_dict(), sort_keys=True, indent=1)

    @property
    def hash(self) -> str:
        """SHA-256 of the resolved protocol."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _checked(name: str, value: Any, declared: str) -> Any:
    if declared == "tuple[tuple[str, str], ...]":
        if isinstance(value, list | tuple) and all(_is_texts(pair) and len(pair) == 2 for pair in value):
            return tuple((pair[0], pair[1]) for pair in value)
        raise SpecificationError(f"protocol: {name} must be a list of pairs of models, got {value!r}")
    if declared.startswith("tuple"):
        if _is_texts(value):
            return tuple(value)
        raise SpecificationError(f"protocol: {name} must be a list of names, got {value!r}")
    accepted: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "str": (str,)}
    if isinstance(value, bool) or not isinstance(value, accepted[declared]):
        raise SpecificationError(f"protocol: {name} must be of type {declared}, got {value!r}")
    return value


def _is_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
