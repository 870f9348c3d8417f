"""What a plain array of ECGs does not say by itself, and its owner has to declare."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from einthoven.ecg.formats.options import check_options
from einthoven.ecg.formats.units import millivolts_per_unit
from einthoven.ecg.record import MAX_RATE_HZ, MIN_RATE_HZ
from einthoven.errors import SpecificationError

__all__ = ["DECLARED", "ONE", "OPTIONS", "ArrayLayout"]

AXES = ("record", "sample", "lead")
ONE = "one"
PADDINGS = ("zero",)
DECLARED = {
    "axes": 'the order of its axes, for example axes = "record,sample,lead" or "sample,lead"',
    "rate_hz": "its sampling rate, for example rate_hz = 500",
    "unit": 'its unit: unit = "mV", "uV" or "V"; "arbitrary" when millivolts are lost',
    "leads": 'its leads in stored order, for example leads = ["I", "II", "V1"]',
}
_NUMBERS: dict[str, type[int | float]] = {"rate_hz": float, "scale": float, "row": int, "skip_rows": int}
_TEXTS = {"unit", "dataset", "delimiter", "suffix", "padding"}
OPTIONS = (*DECLARED, "scale", "dataset", "row", "delimiter", "skip_rows", "columns", "suffix", "padding")


@dataclass(frozen=True, slots=True)
class ArrayLayout:
    """A declared layout; ``signal = stored * scale`` in ``unit``.

    Attributes
    ----------
    axes : tuple of ``record``, ``sample``, ``lead``, ``one``
        ``sample`` must be there, ``lead`` too unless there is one lead, ``record`` where a file holds many; ``one`` is
        an axis of length 1.
    rate_hz : float
    unit : str
    leads : tuple of str
        As the owner spells them, in stored order.
    scale : float
    dataset : str, optional
        Which array of an HDF5, NPZ or MAT file; which column of lists of a Parquet file.
    row : int, optional
        Which record.
    delimiter, skip_rows, columns
        Of CSV files: between values, lines above the samples, which columns are leads (all). ``columns`` of Parquet
        files, too: without it, those named like ``leads``.
    suffix : str, optional
        Which kind of file of a folder, for example ``.h5``.
    padding : ``zero``, optional
        Samples at both ends at which all leads are 0 fill the array up, and are left out.
    """

    axes: tuple[str, ...]
    rate_hz: float
    unit: str
    leads: tuple[str, ...]
    scale: float = 1.0
    dataset: str | None = None
    row: int | None = None
    delimiter: str = ","
    skip_rows: int = 0
    columns: tuple[int, ...] = ()
    suffix: str | None = None
    padding: str | None = None

    def __post_init__(self) -> None:
        named = [axis for axis in self.axes if axis != ONE]
        if not set(named) <= set(AXES) or len(set(named)) != len(named) or "sample" not in named:
            raise SpecificationError(
                "axes must be 'record', 'sample' and 'lead' in stored order, each at most once, and 'one' for an axis "
                f"of length 1, got {list(self.axes)}"
            )
        if self.padding not in (None, *PADDINGS):
            raise SpecificationError(f"padding must be 'zero' or not declared, got {self.padding!r}")
        if "lead" not in self.axes and len(self.leads) != 1:
            raise SpecificationError(f"axes without 'lead' hold one lead, got leads {list(self.leads)}")
        if not MIN_RATE_HZ <= self.rate_hz <= MAX_RATE_HZ:
            raise SpecificationError(
                f"rate_hz must be positive, {MIN_RATE_HZ:g} to {MAX_RATE_HZ:,.0f}, got {self.rate_hz}"
            )
        if not math.isfinite(self.scale) or self.scale == 0:
            raise SpecificationError(f"scale must be a number other than 0, got {self.scale}")

    @classmethod
    def from_options(cls, options: Mapping[str, Any], *, path: str) -> ArrayLayout:
        """Return the layout that options declare.

        Raises
        ------
        SpecificationError
            Names the first thing that is not declared, and how to declare it.
        UnknownNameError
            For an option that does not exist.
        """
        check_options(options, accepted=OPTIONS, reader="array")
        for name, meaning in DECLARED.items():
            if options.get(name) in (None, "", [], ()):
                raise SpecificationError(
                    f"{path} is a plain array, nothing about it is guessed: declare {meaning}; on the command line in "
                    "the TOML file of --layout"
                )
        values = {name: value for name, value in options.items() if value is not None}
        for name in ("axes", "leads"):
            values[name] = _words(name, values[name])
        for name in _TEXTS & set(values):
            if not isinstance(values[name], str):
                raise SpecificationError(f"{name} must be a text, got {values[name]!r}")
        for name, kind in _NUMBERS.items():
            if name in values:
                values[name] = _number(name, values[name], kind)
        values["columns"] = _columns(values.get("columns", ()))
        return cls(**values)

    def factor(self, *, path: str) -> float:
        """Return what one stored unit is worth, in mV, or without unit when it is declared arbitrary."""
        return self.scale * (1.0 if self.unit == "arbitrary" else millivolts_per_unit(self.unit, where=path))


def _number(name: str, value: Any, kind: type[int | float]) -> Any:
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise SpecificationError(f"{name} must be a number, got {value!r}") from error


def _columns(value: Any) -> tuple[int, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise SpecificationError(f"columns must be a list of numbers, got {value!r}")
    return tuple(_number("columns", column, int) for column in value)


def _words(name: str, value: Any) -> tuple[str, ...]:
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, Sequence):
        raise SpecificationError(f"{name} must be words, got {value!r}")
    return tuple(str(word).strip() for word in words)
