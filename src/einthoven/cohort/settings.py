"""The section ``[cohort]`` of a study file: everything that decides who is in the study and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from einthoven.cohort.history import HistorySettings
from einthoven.cohort.missing import Policy
from einthoven.cohort.outcomes import OutcomeSettings
from einthoven.cohort.pairing import PairingSettings
from einthoven.cohort.rules import parse_rule
from einthoven.cohort.split import SplitSettings
from einthoven.errors import SpecificationError

__all__ = ["CohortSettings", "ComorbiditySettings", "Duplicates", "NearDuplicates", "Role", "Uncertain"]

Role = Literal["develop", "external", "pretrain"]
Duplicates = Literal["refuse", "drop"]
NearDuplicates = Literal["refuse", "report", "drop", "off"]
Uncertain = Literal["unknown", "positive", "negative"]


@dataclass(frozen=True)
class ComorbiditySettings:
    """Section ``[cohort.comorbidities]``: conditions at the date of the ECG, out of the table of diagnoses.

    Attributes
    ----------
    conditions : list of str
        Of those that einthoven knows.
    codes : mapping of name to list of str
        Conditions of the study's own, by the beginnings of their ICD-10 codes.
    lookback_days : float, optional
        Only codes that are at most this old count; all earlier ones when absent.
    same_day : bool
        Whether a code of the ECG's own day counts.
    absent : ``no`` or ``unknown``
        What is said of patients whom the table of diagnoses doesn't hold.
    later : ``no`` or ``unknown``
        What is said of an ECG before the first code: not yet, or not known, as for a disease that is coded late.
    """

    conditions: tuple[str, ...] = ()
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lookback_days: float | None = None
    same_day: bool = True
    absent: Literal["no", "unknown"] = "no"
    later: Literal["no", "unknown"] = "no"


@dataclass(frozen=True)
class CohortSettings:
    """Section ``[cohort]``.

    Attributes
    ----------
    labels : str or list of str
        A label set or label names that the ECGs' own statements give, and that are outcomes of the study.
    auxiliary_labels : str or list of str
        Labels that help training or select patients, and are not evaluated.
    uncertain : ``unknown``, ``positive`` or ``negative``
        What a label counts as of which a statement says "possible" or "cannot rule out".
    outcomes : mapping of task to rule
        ``lvsd = "lvef <= 40"``, or a table with ``rule``, or with ``value`` and perhaps ``cuts``.
    pairing : PairingSettings, optional
        How reports find their ECGs; needed where outcomes come from reports.
    history_outcome : str, optional
        The measured value of earlier pairs that every row carries along.
    history : HistorySettings
    eligible : mapping of description to rule
        ``adults = "age_years >= 18"``; whoever doesn't meet it leaves, and so does who can't be judged.
    comorbidities : ComorbiditySettings, optional
        Conditions at the date of the ECG, as groups.
    subgroups : mapping of name to rule, or to a mapping of value to rule
    missing : mapping of column to policy
        What happens to rows in which the column is empty: ``keep`` (the default), ``group``, ``drop``, ``refuse``.
    unpaired : ``keep`` or ``drop``
        ECGs without a report have no outcome. Kept, they tell evaluation who was never verified, and can be pretrained
        on.
    split : SplitSettings
    duplicates : ``refuse`` or ``drop``
        What happens to ECGs with the same samples under two ids.
    near_duplicates : ``report``, ``refuse``, ``drop`` or ``off``
        What happens to one recording under two ids, filtered anew, in other units, or cut: told of in the audit; in two
        splits refused; whoever shares one with a patient of a test split leaves training; or not looked for. It takes a
        run about an hour for a million ECGs.
    """

    labels: str | tuple[str, ...] = ()
    auxiliary_labels: str | tuple[str, ...] = ()
    uncertain: Uncertain = "unknown"
    outcomes: dict[str, str | OutcomeSettings] = field(default_factory=dict)
    pairing: PairingSettings | None = None
    history_outcome: str | None = None
    history: HistorySettings = field(default_factory=HistorySettings)
    eligible: dict[str, str] = field(default_factory=dict)
    comorbidities: ComorbiditySettings | None = None
    subgroups: dict[str, str | dict[str, str]] = field(default_factory=dict)
    missing: dict[str, Policy] = field(default_factory=dict)
    unpaired: Literal["keep", "drop"] = "keep"
    split: SplitSettings = field(default_factory=SplitSettings)
    duplicates: Duplicates = "refuse"
    near_duplicates: NearDuplicates = "report"

    def __post_init__(self) -> None:
        for name, task in self.tasks.items():
            _checked(f"cohort.outcomes.{name}", [task.rule] if task.rule is not None else [])
        for name, given in self.subgroups.items():
            _checked(f"cohort.subgroups.{name}", [given] if isinstance(given, str) else given.values())
        for name, rule in self.eligible.items():
            _checked(f"cohort.eligible.{name!r}", [rule])

    @property
    def tasks(self) -> dict[str, OutcomeSettings]:
        """The outcomes by rule, all in the long form."""
        return {
            name: outcome if isinstance(outcome, OutcomeSettings) else OutcomeSettings(rule=outcome)
            for name, outcome in self.outcomes.items()
        }

    @property
    def group_names(self) -> tuple[str, ...]:
        """Subgroups that the cohort will have besides those of its sources."""
        conditions = (*self.comorbidities.conditions, *self.comorbidities.codes) if self.comorbidities else ()
        return (*self.subgroups, *conditions, *(("pair",) if self.pairing else ()))


def _checked(place: str, rules: Iterable[str]) -> None:
    """Refuse a rule that can't be read, with its place in the study file."""
    for text in rules:
        try:
            parse_rule(text)
        except SpecificationError as error:
            raise SpecificationError(f"{place}: {error}") from error
