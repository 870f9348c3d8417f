"""What is simulated: which hospitals, how many patients of each, and from which seed."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from einthoven.ecg.formats.writing import check_format
from einthoven.errors import EinthovenError, SpecificationError, UnknownNameError
from einthoven.registry import nearest
from einthoven.simulation.export_patient import device_of
from einthoven.simulation.hospitals import HOSPITALS, HospitalSettings, hospital_from_table
from einthoven.simulation.paper.layout import layout_of
from einthoven.simulation.toml_text import toml_text

__all__ = ["SimulationSettings", "load_simulation", "simulation_settings"]

VERSION = 1
KEYS = ("version", "seed", "patients", "sites", "signals", "format", "hospital", "resolved")
DEFAULT_SITES = ("A", "B")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_LARGEST_SEED = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSettings:
    """A whole simulation.

    Attributes
    ----------
    hospitals : mapping of name to HospitalSettings
        The name is that of the folder; ``patients`` of each counts for it alone.
    seed : int >= 0
    signals : bool
        Whether ECG files are written; without them the tables are the same, which is enough to plan a study.

    Raises
    ------
    SpecificationError
        For no hospital, a name that makes no folder, a format that can't be written, an impossible seed.
    """

    hospitals: Mapping[str, HospitalSettings]
    seed: int = 0
    signals: bool = True

    def __post_init__(self) -> None:
        if not self.hospitals:
            raise SpecificationError("sites must name one hospital or more, got none; for example --sites A,B")
        if not 0 <= self.seed < _LARGEST_SEED:
            raise SpecificationError(f"seed must be a whole number from 0, got {self.seed}")
        for name, hospital in self.hospitals.items():
            if not _NAME.fullmatch(name) or name == "truth":
                raise SpecificationError(
                    f"sites become folders: letters, digits, '-' and '_', and not 'truth'; got {name!r}"
                )
            check_format(hospital.file_format)
            device_of(hospital)
            layout_of(hospital.site, columns=hospital.columns)

    @property
    def patients(self) -> int:
        """Patients of all hospitals."""
        return sum(hospital.patients for hospital in self.hospitals.values())

    def to_toml(self) -> str:
        """Return the resolved settings; ``load_simulation`` gives the same from them."""
        hospitals = {
            name: {field.name: getattr(hospital, field.name) for field in dataclasses.fields(hospital)}
            for name, hospital in self.hospitals.items()
        }
        values = {"version": VERSION, "resolved": True, "seed": self.seed, "signals": self.signals}
        heading = (
            "Made by einthoven simulate; feed it back with --settings for the same hospitals.\nresolved: all is said."
        )
        return toml_text({**values, "sites": list(self.hospitals), "hospital": hospitals}, heading=heading)


def load_simulation(path: Path) -> SimulationSettings:
    """Read settings from a TOML file.

    Raises
    ------
    SpecificationError
        Names the file, the key and what is accepted.
    """
    return simulation_settings(path)


def simulation_settings(
    path: Path | None = None,
    *,
    patients: int | None = None,
    sites: Sequence[str] | None = None,
    seed: int | None = None,
    signals: bool | None = None,
    file_format: str | None = None,
) -> SimulationSettings:
    """Return settings from a file, from words of a command line, or from both where they don't contradict.

    Parameters
    ----------
    path : Path, optional
    patients : int, optional
        Of each hospital.
    sites : sequence of str, optional
        Presets, or hospitals of the file; ``A`` and ``B`` by default.
    seed : int, optional
    signals : bool, optional
    file_format : str, optional
        Of the ECG files of all hospitals.

    Raises
    ------
    SpecificationError
        For whatever can't be, contradicts itself or is said twice in two ways; says what to do.
    """
    told: dict[str, Any] = {"patients": patients, "sites": None if sites is None else list(sites), "seed": seed}
    told |= {"signals": signals, "format": file_format}
    values = {} if path is None else _read(path)
    for name, value in told.items():
        if value is None:
            continue
        if values.get(name, value) != value:
            raise SpecificationError(
                f"{name}: {path} says {values[name]!r}, the command line {value!r}; take one of them away"
            )
        values[name] = value
    try:
        return _settings(values, command_line=told)
    except EinthovenError as error:
        raise error if path is None else SpecificationError(f"{path}: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SpecificationError(f"there is no settings file {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecificationError(f"{path} is no valid TOML: {error}") from error
    for name in values:
        if name not in KEYS:
            raise UnknownNameError(f"{path}: a simulation has no {name!r}{nearest(name, KEYS)}")
    if values.get("version") != VERSION:
        raise SpecificationError(f"{path}: version must be {VERSION}, got {values.get('version')!r}")
    return values


def _settings(values: Mapping[str, Any], *, command_line: Mapping[str, Any]) -> SimulationSettings:
    sections = _typed(values, "hospital", dict, {})
    sites = _sites(_typed(values, "sites", list, list(sections) or list(DEFAULT_SITES)), sections)
    hospitals = {}
    for name in sites:
        section = sections.get(name, {})
        hospitals[name] = _hospital(name, section, common=values, command_line=command_line)
    return SimulationSettings(
        hospitals=hospitals, seed=_typed(values, "seed", int, 0), signals=_typed(values, "signals", bool, default=True)
    )


def _sites(sites: list[Any], sections: Mapping[str, Any]) -> list[str]:
    """Return the names of the hospitals, each known and named once."""
    doubled = next((name for at, name in enumerate(sites) if name in sites[:at]), None)
    if doubled is not None:
        raise SpecificationError(f"sites name {doubled!r} twice; name each hospital once")
    for name in sites:
        if name not in HOSPITALS and name not in sections:
            known = [*HOSPITALS, *(section for section in sections if section not in HOSPITALS)]
            raise UnknownNameError(
                f"there is no hospital {str(name)!r}{nearest(str(name), known)}; describe your own in a settings file, "
                f"in a section [hospital.{name}]"
            )
    unused = next((name for name in sections if name not in sites), None)
    if unused is not None:
        raise SpecificationError(f"[hospital.{unused}] describes a hospital that sites don't name; add it to sites")
    return [str(name) for name in sites]


def _hospital(
    name: str, section: Mapping[str, Any], *, common: Mapping[str, Any], command_line: Mapping[str, Any]
) -> HospitalSettings:
    """Return a preset as its section changes it; what is said for all counts where the section says nothing."""
    if not isinstance(section, Mapping):
        raise SpecificationError(f"hospital.{name} must be a section [hospital.{name}], got {section!r}")
    table = dict(section)
    if name in HOSPITALS and not _typed(common, "resolved", bool, default=False):
        table.setdefault("preset", name)
    if "site" not in table and table.get("preset") != name:
        table["site"] = name  # people of its own: a site's name is part of the seed
    for key, of_hospital in (("patients", "patients"), ("format", "file_format")):
        value = command_line[key]
        if value is not None and section.get(of_hospital, value) != value:
            raise SpecificationError(
                f"hospital.{name}.{of_hospital} is {section[of_hospital]!r}, the command line says {value!r}; take one "
                "of them away"
            )
        if key in common:
            table.setdefault(of_hospital, common[key])
    try:
        return hospital_from_table(table)
    except (EinthovenError, TypeError) as error:
        raise SpecificationError(f"hospital.{name}: {error}") from error


def _typed(values: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    """Return a value that must be of a type; a truth value is no number."""
    value = values.get(name, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        kinds = {int: "a whole number", bool: "true or false", list: "a list of names", dict: "sections"}
        raise SpecificationError(f"{name} must be {kinds[kind]}, got {value!r}")
    return value
