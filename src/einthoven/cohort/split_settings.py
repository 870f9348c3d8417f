"""What a study file says of its split, in ``[cohort.split]``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from einthoven.errors import SplitError
from einthoven.registry import nearest

__all__ = ["DEVELOPMENT", "SplitSettings"]

DEVELOPMENT = ("train", "validation", "test")
METHODS_OF = {"sites": ("site",), "before": ("time",), "file": ("given",), "column": ("given",)}
TORN_OF = {"site": ("refuse", "drop"), "time": ("drop", "first", "refuse"), "given": ("refuse", "drop")}


@dataclass(frozen=True)
class SplitSettings:
    """How patients come to train, validation and test; ECGs of external sources are never touched.

    Attributes
    ----------
    method : ``patient``, ``official``, ``site``, ``time`` or ``given``
        At random, stratified by the patients' labels; as the owners publish it; whole sites; by the date of the ECG;
        or as a table says.
    fractions : mapping of split to share of the patients
        Of all patients with ``patient``; otherwise of those whose split the method leaves open, in proportion.
    seed : int, optional
        The study's seed when absent.
    sites : mapping of split to list of str
        With ``site``. Splits that aren't named are dealt out by patient among all other sites.
    before : mapping of split to date
        With ``time``: the first day that no longer belongs to ``train`` or to ``validation``. Splits with no date
        between them share a period, and its patients are dealt out.
    file, column : str, optional
        With ``given``, one of them: a CSV of ``patient_id`` or ``record_id`` as the source numbers them, ``split``, and
        ``source`` where there are several; or a column of the cohort. ECGs of which they say nothing are dealt out
        among the splits that they don't name.
    torn : ``refuse``, ``drop`` or ``first``, optional
        What happens to patients who would be in two splits. ``drop`` leaves out what lies outside a patient's first
        period (the default with ``time``), or with ``site`` and ``given`` the whole patient; ``first`` keeps all
        ECGs in the split of the first; ``refuse`` is the default of the others.

    Raises
    ------
    SplitError
        For keys that don't go with the method, and for shares, sites or dates that contradict each other.
    """

    method: Literal["official", "patient", "site", "time", "given"] = "patient"
    fractions: dict[str, float] = field(default_factory=lambda: {"train": 0.7, "validation": 0.1, "test": 0.2})
    seed: int | None = None
    sites: dict[str, tuple[str, ...]] = field(default_factory=dict)
    before: dict[str, date] = field(default_factory=dict)
    file: str | None = None
    column: str | None = None
    torn: Literal["refuse", "drop", "first"] | None = None

    def __post_init__(self) -> None:
        if set(self.fractions) - set(DEVELOPMENT) or any(not 0 <= share <= 1 for share in self.fractions.values()):
            raise SplitError(f"split.fractions must give shares of {', '.join(DEVELOPMENT)}, got {self.fractions}")
        if abs(sum(self.fractions.values()) - 1) > 1e-6:
            raise SplitError(f"split.fractions must sum to 1, got {sum(self.fractions.values()):g}")
        for key, methods in METHODS_OF.items():
            if getattr(self, key) and self.method not in methods:
                raise SplitError(f"split.{key} goes with split.method = '{methods[0]}', got {self.method!r}")
        if self.torn is not None and self.torn not in TORN_OF.get(self.method, ()):
            raise SplitError(_no_such_policy(self.method, self.torn))
        if self.method == "site":
            _check_sites(self.sites)
        if self.method == "time":
            _check_dates(self.before)
        if self.method == "given" and (self.file is None) == (self.column is None):
            both = "both" if self.file else "neither"
            raise SplitError(f"split.method = 'given' needs split.file or split.column, got {both}")

    @property
    def torn_policy(self) -> str:
        """``torn``, or the default of the method."""
        return self.torn or TORN_OF.get(self.method, ("refuse",))[0]


def _no_such_policy(method: str, policy: str) -> str:
    if method not in TORN_OF:
        return f"split.torn goes with the methods {', '.join(TORN_OF)}; {method!r} tears no patient"
    return f"split.torn of the method {method!r} must be one of {', '.join(TORN_OF[method])}, got {policy!r}"


def _check_sites(sites: dict[str, tuple[str, ...]]) -> None:
    """Refuse no sites at all, an unknown split, and a site in two."""
    if not any(sites.values()):
        raise SplitError("split.method = 'site' needs sites, for example split.sites = { test = ['C'] }")
    _check_names(sites, DEVELOPMENT, key="sites")
    named = [site for members in sites.values() for site in members]
    doubled = sorted({site for site in named if named.count(site) > 1})
    if doubled:
        raise SplitError(f"split.sites names {doubled[0]!r} twice; a site belongs to one split")


def _check_dates(before: dict[str, date]) -> None:
    """Refuse no date at all, an unknown split, and a validation that ends before it begins."""
    if not before:
        raise SplitError("split.method = 'time' needs dates, for example split.before = { validation = '2019-01-01' }")
    _check_names(before, DEVELOPMENT[:2], key="before")
    if len(before) == 2 and not before["train"] < before["validation"]:
        raise SplitError(
            f"split.before: train must end before validation does, got {before['train']} and {before['validation']}"
        )


def _check_names(given: dict[str, tuple[str, ...]] | dict[str, date], accepted: tuple[str, ...], *, key: str) -> None:
    for name in given:
        if name not in accepted:
            raise SplitError(f"split.{key} has no {name!r}{nearest(name, accepted)}")
