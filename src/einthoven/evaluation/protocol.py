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
from einthoven.evaluation.analyses import ANALYSES
from einthoven.evaluation.prediction_columns import SPLITS
from einthoven.evaluation.restriction import parse_restriction
from einthoven.evaluation.risk_strata import check_strata
from einthoven.evaluation.threshold_rules import check_rule
from einthoven.registry import nearest

__all__ = ["Protocol"]

# version 1 had one threshold_rule where this one has a list of thresholds, and no analyses
VERSION = 2
# in ``exploratory``: every analysis that isn't planned
EVERY_OTHER = "all"
# corrections of the p values of one family of comparisons
MULTIPLICITY = ("holm", "benjamini_hochberg", "none")


@dataclass(frozen=True, slots=True)
class Protocol:
    """Settings of an evaluation.

    Attributes
    ----------
    outcomes, models : tuple of str
        What to report, in this order; empty means all in the table, by name.
    splits : tuple of str
        Splits to report, in this order; those absent from the table are passed over, but one must be there.
    thresholds : tuple of str
        Rules by which cut-offs are chosen on split ``validation``, for example ``youden`` or ``sensitivity 0.9``; the
        first is the one that tables without another show.
    comparisons : tuple of (str, str)
        Pairs of models; empty means every pair.
    subgroups : tuple of str
        Columns whose values split the records, for example ``site`` or ``group.sex``; crossed ones are joined by
        `` x ``.
    analyses : tuple of str
        Names in ``ANALYSES`` that are planned; empty means every one that applies, unplanned.
    exploratory : tuple of str
        Analyses that run besides the planned ones; ``all`` means every other one.
    minimum_events : int
        With fewer positives (or negatives) a subgroup's number is shown in grey with the reason.
    multiplicity : {"holm", "benjamini_hochberg", "none"}
        How p values of one family of comparisons are corrected.
    margin : float
        How much worse a model's AUROC may be and still count as not inferior; 0 makes no such test.
    prevalences : tuple of float
        At which predictive values are reported, too.
    net_benefit_at : tuple of float
        Threshold probabilities of the decision curve and its table; empty means 0.01, 0.02 ... 0.5.
    strata : tuple of str
        Borders between low, intermediate and high risk, two of ``sensitivity 0.95``, ``specificity 0.95`` or ``risk
        0.05``; empty means no strata.
    severity : str
        Column of graded severity, for the trend over strata.
    horizons_days : tuple of float
        At which survival outcomes are evaluated; empty means the quartiles of the event times.
    comparator : tuple of str
        Columns of the cheap comparator; empty means age, sex and the ECG's intervals as far as they are there.
    restrictions : tuple of str
        Records to which the sensitivity analyses are restricted, one row each, for example
        ``covariate.outcome_gap_days <= 7`` or ``covariate.lvef outside 35 45`` or ``group.method = simpson``.
    verification : tuple of str
        What decided whether a patient's truth was looked for (``score`` or columns); empty means no correction.
    novelty : str
        Column of an out-of-distribution flag or score to be judged.
    data_sets : tuple of str
        Names of the data sets that the test records come from, to be held against what a model was pretrained on.
    resamples, seed : int
        Of the bootstrap.
    level : float
        Coverage of the intervals.
    """

    outcomes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    splits: tuple[str, ...] = ("test", "external")
    thresholds: tuple[str, ...] = ("youden",)
    comparisons: tuple[tuple[str, str], ...] = ()
    subgroups: tuple[str, ...] = ()
    analyses: tuple[str, ...] = ()
    exploratory: tuple[str, ...] = ()
    minimum_events: int = 20
    multiplicity: str = "holm"
    margin: float = 0.0
    prevalences: tuple[float, ...] = ()
    net_benefit_at: tuple[float, ...] = ()
    strata: tuple[str, ...] = ()
    severity: str = ""
    horizons_days: tuple[float, ...] = ()
    comparator: tuple[str, ...] = ()
    restrictions: tuple[str, ...] = ()
    verification: tuple[str, ...] = ()
    novelty: str = ""
    data_sets: tuple[str, ...] = ()
    resamples: int = 1000
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        self._check_names()
        for rule in self.thresholds:
            check_rule(rule)
        if not self.splits:
            raise SpecificationError("protocol: splits must name at least one, for example 'test'")
        same = next((one for one, other in self.comparisons if one == other), None)
        if same is not None:
            raise SpecificationError(f"protocol: comparisons must be of two models, got {same!r} twice")
        left_out = [model for pair in self.comparisons for model in pair if self.models and model not in self.models]
        if left_out:
            raise SpecificationError(
                f"protocol: comparisons name the model {left_out[0]!r}, which isn't among models, so that it would be "
                "passed over; name it there, too"
            )
        if not self.thresholds:
            raise SpecificationError("protocol: thresholds must name at least one rule, for example 'youden'")
        self._check_numbers()

    def _check_names(self) -> None:
        for what, names, accepted in (
            ("split", self.splits, SPLITS),
            ("analysis", self.analyses, ANALYSES),
            ("analysis", self.exploratory, (*ANALYSES, EVERY_OTHER)),
            ("correction", (self.multiplicity,), MULTIPLICITY),
        ):
            for name in names:
                if name not in accepted:
                    raise UnknownNameError(f"protocol: there is no {what} {name!r}{nearest(name, accepted)}")

    def _check_numbers(self) -> None:
        if not 0 < self.level < 1:
            raise SpecificationError(f"protocol: level must lie between 0 and 1, got {self.level}")
        if self.resamples < 1 or self.seed < 0:
            raise SpecificationError(
                f"protocol: resamples must be at least 1 and seed at least 0, got {self.resamples} and {self.seed}"
            )
        if self.margin < 0 or self.minimum_events < 0:
            raise SpecificationError(
                f"protocol: margin and minimum_events must be at least 0, got {self.margin} and {self.minimum_events}"
            )
        for name in ("prevalences", "net_benefit_at"):
            wrong = [value for value in getattr(self, name) if not 0 < value < 1]
            if wrong:
                raise SpecificationError(f"protocol: {name} must lie between 0 and 1, got {wrong[0]}")
        if any(days <= 0 for days in self.horizons_days):
            raise SpecificationError(f"protocol: horizons_days must be positive, got {min(self.horizons_days)}")
        if self.strata:
            check_strata(self.strata)
        for text in self.restrictions:
            parse_restriction(text)

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
        if settings.get("version", VERSION) not in range(1, VERSION + 1):
            raise SpecificationError(f"protocol: version must be 1 to {VERSION}, got {settings['version']!r}")
        if "threshold_rule" in values and "thresholds" not in values:
            values["thresholds"] = [values.pop("threshold_rule")]
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

    def runs(self, analysis: str) -> bool:
        """Return whether an analysis is carried out, planned or not.

        Examples
        --------
        >>> Protocol(analyses=("performance",)).runs("fairness")
        False
        >>> Protocol(analyses=("performance",), exploratory=("all",)).runs("fairness")
        True
        """
        wanted = (*self.analyses, *self.exploratory)
        return not wanted or analysis in wanted or EVERY_OTHER in self.exploratory

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
    if declared == "tuple[float, ...]":
        if isinstance(value, list | tuple) and all(_is_number(item) for item in value):
            return tuple(float(item) for item in value)
        raise SpecificationError(f"protocol: {name} must be a list of numbers, got {value!r}")
    if declared.startswith("tuple"):
        if _is_texts(value):
            return tuple(value)
        raise SpecificationError(f"protocol: {name} must be a list of names, got {value!r}")
    accepted: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "str": (str,)}
    if isinstance(value, bool) or not isinstance(value, accepted[declared]):
        raise SpecificationError(f"protocol: {name} must be of type {declared}, got {value!r}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
