"""Intercepts of the presets that were found before, so that a process needs not find them again.

``intercepts.toml`` holds what ``calibrated_dials`` gave for each preset, under a fingerprint of the parameters and the
hospital's settings. Whoever changes either gets the intercepts computed until ``intercepts_text`` is written anew.
"""

from __future__ import annotations

import dataclasses
import hashlib
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from einthoven.simulation.hospitals import HospitalSettings

__all__ = ["fingerprint", "intercepts_text", "known_shifts"]

HEADING = """\
# Made from parameters.toml and the presets by einthoven.simulation.people.intercepts.intercepts_text; not for editing.
# Shifts of intercepts, in log odds, under the fingerprint of the parameters and the hospital they belong to.
"""


def known_shifts(hospital: HospitalSettings) -> dict[str, float] | None:
    """Return the shifts of a hospital that were found before, if they were."""
    return _file().get(fingerprint(hospital))


def fingerprint(hospital: HospitalSettings) -> str:
    """Return what identifies the parameters together with the settings of a hospital."""
    values = {field.name: getattr(hospital, field.name) for field in dataclasses.fields(hospital)}
    digest = hashlib.sha256(repr(sorted(values.items())).encode())
    digest.update(resources.files(__package__).joinpath("parameters.toml").read_bytes())
    return digest.hexdigest()[:16]


def intercepts_text(shifts_of: Mapping[str, Mapping[str, float]]) -> str:
    """Return the text of ``intercepts.toml`` for shifts by fingerprint."""
    tables = [
        f"\n[{name}]\n" + "".join(f'"{section}" = {shift!r}\n' for section, shift in shifts.items())
        for name, shifts in shifts_of.items()
    ]
    return HEADING + "".join(tables)


@lru_cache(maxsize=1)
def _file() -> dict[str, dict[str, float]]:
    return tomllib.loads(resources.files(__package__).joinpath("intercepts.toml").read_text(encoding="utf-8"))
