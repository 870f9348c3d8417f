"""Public ECG data sets, what they are good for, who may have them and how: the catalogue ``datasets.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any, Literal, get_args

from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.registry import nearest

__all__ = ["Access", "Dataset", "Listing", "catalogue", "find_dataset", "read_catalogue", "shared_ecgs"]

Access = Literal["open", "restricted", "credentialed", "application"]
"""PhysioNet's words: anybody; after an agreement; after training and an agreement; after an approved proposal."""

Listing = Literal["sha256sums", "zenodo", "files", "none"]
"""Where the list of files is: a checksum list beside them, Zenodo's record, the catalogue, or nowhere public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One public data set in one version.

    Attributes
    ----------
    name : str
        That of its source in a study file, where there is one.
    title, version, licence : str
    records, patients : int, optional
        As the owners count them; None where they don't say.
    size_gb : float, optional
        About, in 10^9 bytes.
    access : Access
    page : str
        Where the owners describe it.
    doi : str
        Of its paper; of the data where there is no paper; empty where neither has one.
    good_for : str
    listing : Listing
    base_url, mirror : str
        The address of the files; the mirror holds the same ones for ``--base-url``.
    select : tuple of str
        Patterns of those files of the listing that belong to it; empty for all.
    files : tuple of dict
        ``path`` and ``url``, optionally ``md5``, ``sha256`` and ``size``, where ``listing`` is ``files``.
    source : str
        The source that reads it, where that has another name.
    contains : tuple of str
        Names of sets whose ECGs are in it.
    warnings, how_to_get : tuple of str
    afterwards : str
        What is left to do once the files are there; ``DIR`` stands for their folder.
    """

    name: str
    title: str
    licence: str
    access: Access
    page: str
    good_for: str
    doi: str = ""
    version: str = ""
    records: int | None = None
    patients: int | None = None
    size_gb: float | None = None
    listing: Listing = "none"
    base_url: str = ""
    mirror: str = ""
    select: tuple[str, ...] = ()
    files: tuple[dict[str, Any], ...] = ()
    source: str = ""
    contains: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    how_to_get: tuple[str, ...] = ()
    afterwards: str = ""

    @property
    def source_name(self) -> str:
        """The name of its source in a study file."""
        return self.source or self.name


@functools.cache
def catalogue() -> dict[str, Dataset]:
    """Return the sets that einthoven knows, by name, in the order of the catalogue."""
    text = resources.files(__package__).joinpath("datasets.toml").read_text(encoding="utf-8")
    return read_catalogue(text)


def find_dataset(name: str) -> Dataset:
    """Return one set of the catalogue.

    Raises
    ------
    UnknownNameError
        Names the nearest.

    Examples
    --------
    >>> find_dataset("ptb_xl").records
    21799
    """
    known = catalogue()
    if name not in known:
        raise UnknownNameError(f"there is no data set {name!r} in the catalogue{nearest(name, known)}")
    return known[name]


def shared_ecgs(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of all other sets that hold some of its ECGs: those in it, and those it is in.

    Examples
    --------
    >>> shared_ecgs(find_dataset("georgia"))
    ('cinc2021', 'cinc2020')
    """
    containing = [other.name for other in catalogue().values() if dataset.name in other.contains]
    return (*dataset.contains, *(name for name in containing if name not in dataset.contains))


def read_catalogue(text: str) -> dict[str, Dataset]:
    """Return the sets that a catalogue in TOML describes, one table each.

    Raises
    ------
    SpecificationError
        For an unknown or missing key, and for an access or listing that doesn't exist.
    """
    return {name: _dataset(name, table) for name, table in tomllib.loads(text).items()}


def _dataset(name: str, table: Mapping[str, Any]) -> Dataset:
    accepted = [field.name for field in fields(Dataset) if field.name != "name"]
    for key in table:
        if key not in accepted:
            raise SpecificationError(f"the data set {name} has an unknown key {key!r}{nearest(key, accepted)}")
    for key, choices in (("access", get_args(Access)), ("listing", get_args(Listing))):
        if key in table and table[key] not in choices:
            raise SpecificationError(f"the {key} of {name} must be one of {', '.join(choices)}, got {table[key]!r}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    try:
        return Dataset(name=name, **values)
    except TypeError as error:
        raise SpecificationError(f"the data set {name} is incomplete: {error}") from error
