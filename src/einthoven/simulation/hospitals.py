"""What differs between hospitals: who comes, who gets an echocardiogram, how things are recorded."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, get_args

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.registry import nearest

__all__ = ["HOSPITALS", "Control", "HospitalSettings", "hospital_from_table", "preset"]

Control = Literal["none", "no_traits", "no_memory", "independent", "shuffled"]
HOSPITALS = ("A", "B", "no_traits", "no_memory", "independent", "shuffled")
SHARES = ("male_share", "echo_share")
KINDS = {
    "float": "a number", "tuple": "a list of three numbers", "int": "a whole number", "date": "a date like 2020-01-31",
    "str": "text", "Control": "text", "Mapping": "a table of names",
}  # fmt: skip
PREVALENCES = ("lvsd_prevalence", "af_prevalence", "lbbb_prevalence")


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalSettings:
    """One hospital.

    Attributes
    ----------
    site : str
        Letters and digits; begins the ids of patients and fixes, with the seed, all random numbers.
    patients : int >= 1
        People with at least one ECG.
    start, end : date
        First ECGs fall between them; the export is made at the end.
    age_mean, age_sd, age_min, age_max : float, years
        At the first ECG: a normal distribution, cut at both ends.
    male_share : float in (0, 1)
    lvsd_prevalence : float in (0, 1), optional
        Share of patients whose first echocardiogram with an ECG within 14 days gives an LVEF of 40 or less, as
        measured. Absent, as the parameters of the people give it; so with the next two.
    af_prevalence, lbbb_prevalence : float in (0, 1), optional
        Share of patients whose first ECG shows atrial fibrillation or flutter; LBBB.
    echo_share : float in (0, 1)
        Share of patients with at least one echocardiogram.
    echo_wait_days : float > 0
        Median time between an outpatient's ECG and the echo; in a stay it is a day or two.
    inpatient_share : float in (0, 1)
        Of first visits.
    return_factor : float > 0
        Multiplies how often patients come back.
    echo_methods : three shares
        Of ``simpson``, ``m_mode`` and ``visual`` as the method of the LVEF.
    writers : three shares
        Of the three people who write the reports.
    device : str
        Name of the electrocardiograph.
    file_format : str
        Of the ECGs in the export.
    columns : mapping of str to str
        How the export's tables name their columns, where differently.
    control : ``none``, ``no_traits``, ``no_memory``, ``independent`` or ``shuffled``
        A negative control: personal traits of the ECG drawn anew at each ECG; LVEF without memory; AF and LBBB
        independent of LVSD (and of age); reported LVEF of other patients.

    Raises
    ------
    SpecificationError
        For values outside these ranges, and for values that contradict each other.
    """

    site: str = "A"
    patients: int = 1000
    start: date = date(2012, 1, 1)
    end: date = date(2022, 12, 31)
    age_mean: float = 58.0
    age_sd: float = 16.0
    age_min: float = 18.0
    age_max: float = 100.0
    male_share: float = 0.52
    lvsd_prevalence: float | None = None
    af_prevalence: float | None = None
    lbbb_prevalence: float | None = None
    echo_share: float = 0.23
    echo_wait_days: float = 20.0
    inpatient_share: float = 0.35
    return_factor: float = 1.0
    echo_methods: tuple[float, float, float] = (0.55, 0.3, 0.15)
    writers: tuple[float, float, float] = (0.5, 0.3, 0.2)
    device: str = "ge"
    file_format: str = "muse"
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    control: Control = "none"

    def __post_init__(self) -> None:
        if not self.site.isalnum():
            raise SpecificationError(f"site must be letters and digits, got {self.site!r}")
        if self.patients < 1:
            raise SpecificationError(f"patients must be 1 or more, got {self.patients}")
        if self.control not in get_args(Control):
            raise UnknownNameError(f"control has no {self.control!r}{nearest(self.control, get_args(Control))}")
        self._check_shares()
        self._check_ages()
        if (self.end - self.start).days < 30:
            raise SpecificationError(f"end must be at least 30 days after start, got {self.start} to {self.end}")
        for name in ("return_factor", "echo_wait_days"):
            if getattr(self, name) <= 0:
                raise SpecificationError(f"{name} must be above 0, got {getattr(self, name)}")

    def _check_shares(self) -> None:
        for name in (*SHARES, "inpatient_share", *PREVALENCES):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise SpecificationError(f"{name} must lie between 0 and 1, both excluded, got {value}")
        for name in ("echo_methods", "writers"):
            shares = getattr(self, name)
            if len(shares) != 3 or any(share < 0 for share in shares) or abs(sum(shares) - 1) > 1e-6:
                raise SpecificationError(f"{name} must be three shares that sum to 1, got {shares}")

    def _check_ages(self) -> None:
        if not 18 <= self.age_min < self.age_max <= 110:
            raise SpecificationError(
                f"ages must satisfy 18 <= age_min < age_max <= 110, got {self.age_min} to {self.age_max}"
            )
        if not self.age_min <= self.age_mean <= self.age_max or self.age_sd <= 0:
            raise SpecificationError(
                f"age_mean must lie between {self.age_min} and {self.age_max} and age_sd above 0, "
                f"got {self.age_mean} and {self.age_sd}"
            )


def hospital_from_table(table: Mapping[str, Any]) -> HospitalSettings:
    """Return the hospital that a TOML table describes; key ``preset`` names the one that it differs from.

    Raises
    ------
    UnknownNameError
        For a key or preset that doesn't exist, with the nearest.
    SpecificationError
        For a value that can't be.
    """
    given = dict(table)
    base = given.pop("preset", None)
    kinds = {field.name: str(field.type) for field in dataclasses.fields(HospitalSettings)}
    for name, value in given.items():
        if name not in kinds:
            raise UnknownNameError(f"a hospital has no {name!r}{nearest(name, [*kinds, 'preset'])}")
        given[name] = _of_kind(value, kinds[name], name=name)
    return dataclasses.replace(preset(base) if base is not None else HospitalSettings(), **given)


def _of_kind(value: Any, kind: str, *, name: str) -> Any:
    """Return a value as its field has it, or refuse one of another kind."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind.startswith("float") and number:
        return float(value)
    if kind.startswith("tuple") and isinstance(value, list | tuple):
        return tuple(_of_kind(share, "float", name=name) for share in value)
    if kind == "int" and number and value == int(value):
        return int(value)
    if kind == "date" and isinstance(value, date):
        return value
    if kind in {"str", "Control"} and isinstance(value, str):
        return value
    if kind.startswith("Mapping") and isinstance(value, Mapping):
        return {str(key): _of_kind(word, "str", name=name) for key, word in value.items()}
    raise SpecificationError(f"{name} must be {KINDS[kind.partition('[')[0].partition(' ')[0]]}, got {value!r}")


@lru_cache(maxsize=len(HOSPITALS))
def preset(name: str) -> HospitalSettings:
    """Return a hospital that ships with einthoven.

    Raises
    ------
    UnknownNameError
        Names the nearest of ``HOSPITALS``.

    Examples
    --------
    >>> preset("no_memory").control
    'no_memory'
    """
    if name not in HOSPITALS:
        raise UnknownNameError(f"hospitals have no preset {name!r}{nearest(name, HOSPITALS)}")
    text = resources.files("einthoven.simulation.presets").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return hospital_from_table(tomllib.loads(text))
