"""What analyses return: numbers, differences, curves and the cells of the baseline table, each with its place."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from einthoven.evaluation.estimate import Curve, Estimate, TestResult

__all__ = ["MACRO", "BaselineRow", "ComparisonRow", "CurveRow", "ResultRow", "Rows"]

# the label of averages over labels
MACRO = "macro"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One number: whose, where, of what.

    Attributes
    ----------
    model, seed, split, label, metric
    estimate : Estimate
    subgroup : str
        Empty for all records; otherwise ``column=value``, crossed ones joined by `` x ``.
    analysis : str
        The name in ``ANALYSES`` that it comes from.
    at : str
        What else the number depends on: the rule of a cut-off, a stratum, a horizon, a prevalence; empty for nothing.
    planned : bool
        Whether the protocol names it; all others are exploratory.
    contaminated : bool
        Whether the model's weights had seen the data set.
    """

    model: str
    seed: int
    split: str
    label: str
    metric: str
    estimate: Estimate
    subgroup: str = ""
    analysis: str = "performance"
    at: str = ""
    planned: bool = False
    contaminated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CurveRow:
    """One curve; ``kind`` is ``roc``, ``pr``, ``calibration``, ``decision``...; ``at`` as in ``ResultRow``."""

    model: str
    seed: int
    split: str
    label: str
    kind: str
    curve: Curve
    subgroup: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """The difference ``model_a - model_b`` of a metric on the same records.

    Where one model is compared with itself (a subgroup with its complement, two strata), ``at`` says what with what.
    ``p_adjusted`` is the p value after the correction for multiplicity that ``analysis`` makes, None without one. All
    else as in ``ResultRow``.
    """

    model_a: str
    seed_a: int
    model_b: str
    seed_b: int
    split: str
    label: str
    metric: str
    test: TestResult
    subgroup: str = ""
    analysis: str = "comparison"
    at: str = ""
    p_adjusted: float | None = None
    planned: bool = False
    contaminated: bool = False


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """One cell of the baseline table.

    Attributes
    ----------
    split, variable : str
    level : str
        Of a categorical variable; empty for a number.
    column : str
        ``all``, or a group of patients such as ``LVSD=1``.
    n, missing : int
        Patients with, and without, a value.
    summary : str
        What the numbers are: ``mean (SD)``, ``median (IQR)`` or ``n (%)``.
    value, low, high : float
        Mean, SD, SD; or median and both quartiles; or count, percentage, percentage.
    p_value : float or None
        Between the columns but ``all``; on the first row of a variable only.
    test : str
    """

    split: str
    variable: str
    level: str
    column: str
    n: int
    missing: int
    summary: str
    value: float
    low: float
    high: float
    p_value: float | None = None
    test: str = ""


@dataclass(slots=True, eq=False)
class Rows:
    """What one analysis found; empty where it doesn't apply."""

    results: list[ResultRow] = dataclasses.field(default_factory=list)
    comparisons: list[ComparisonRow] = dataclasses.field(default_factory=list)
    curves: list[CurveRow] = dataclasses.field(default_factory=list)
    baseline: list[BaselineRow] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)

    def extend(self, other: Rows) -> None:
        """Append another analysis' rows."""
        for field in dataclasses.fields(self):
            getattr(self, field.name).extend(getattr(other, field.name))
