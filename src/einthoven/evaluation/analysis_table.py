"""Results of an analysis set out for reading: which columns place a row, and which numbers stand in it.

The command line and the report both draw these; neither knows what an analysis is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from einthoven.evaluation.rows import MACRO, ResultRow

__all__ = [
    "FROZEN_METRICS",
    "METRIC_NAMES",
    "AnalysisTable",
    "TableRow",
    "metric_name",
    "result_tables",
    "subgroup_in_words",
    "title_of",
]

# beyond this many, metrics stand below each other
MOST_METRIC_COLUMNS = 7
# names that aren't just the words of the metric
METRIC_NAMES = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "median_auroc": "Median AUROC",
    "median_auprc": "Median AUPRC",
    "micro_auroc": "Micro AUROC",
    "micro_auprc": "Micro AUPRC",
    "auroc_noninferiority": "AUROC, not inferior",
    "auroc_of_errors": "AUROC of errors",
    "time_dependent_auroc": "AUROC at the horizon",
    "brier": "Brier score",
    "brier_reliability": "Brier: reliability",
    "brier_resolution": "Brier: resolution",
    "brier_uncertainty": "Brier: uncertainty",
    "scaled_brier": "Scaled Brier score",
    "calibration_slope": "Slope",
    "calibration_intercept": "Intercept",
    "integrated_calibration_index": "ICI",
    "integrated_calibration_index_by_chance": "ICI by chance",
    "e50": "E50",
    "e90": "E90",
    "emax": "Emax",
    "expected_calibration_error": "ECE",
    "debiased_calibration_error": "ECE, debiased",
    "observed_expected": "O/E",
    "observed_expected_ratio": "O/E",
    "observed_expected_gap": "O/E, gap",
    "hosmer_lemeshow": "Hosmer-Lemeshow",
    "ppv": "PPV",
    "npv": "NPV",
    "ppv_gap": "PPV, gap",
    "f1": "F1",
    "alerts_per_1000": "Alerts per 1,000",
    "positive_likelihood_ratio": "LR+",
    "negative_likelihood_ratio": "LR−",
    "matthews_correlation": "Matthews' correlation",
    "youden_index": "Youden's index",
    "cut_off": "Cut-off",
    "nri": "NRI",
    "nri_events": "NRI, events",
    "nri_nonevents": "NRI, non-events",
    "idi": "IDI",
    "idi_events": "IDI, events",
    "idi_nonevents": "IDI, non-events",
    "concordance_harrell": "Harrell's C",
    "concordance_uno": "Uno's C",
    "ppv_above_grey_zone": "PPV above the grey zone",
    "npv_below_grey_zone": "NPV below the grey zone",
    "r_squared": "R²",
}
TITLES = {
    "performance": "Discrimination, calibration and accuracy",
    "calibration": "Calibration",
    "recalibration": "After recalibration on validation",
    "conformal": "Conformal sets",
    "uncertainty": "Selective prediction and unusual ECGs",
    "macro": "Averages over labels",
    "multiclass": "Several classes at once",
    "regression": "Numbers: errors and agreement",
    "operating_points": "Operating points",
    "subgroups": "Subgroups",
    "fairness": "Fairness between groups",
    "alert_burden": "Alert burden",
    "baseline": "Baseline characteristics",
    "comparison": "Comparison of models",
    "comparison_in_subgroups": "Comparison of models within subgroups",
    "usefulness": "Net benefit",
    "strata": "Strata of risk",
    "survival": "Events over time",
    "comparator": "Against cheap comparators",
    "restrictions": "Sensitivity analyses",
    "verification": "Verification bias",
}
# numbers that were decided and not estimated, so that they have no interval
FROZEN_METRICS = ("cut_off", "border_of_risk")
PLACES = {"model": "Model", "seed": "Seed", "label": "Label", "subgroup": "Subgroup", "at": "At"}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its places in words, and its numbers by metric; a metric that doesn't apply is absent."""

    places: tuple[str, ...]
    numbers: dict[str, ResultRow]


@dataclass(frozen=True, slots=True)
class AnalysisTable:
    """One table.

    Attributes
    ----------
    analysis, split : str
    places : tuple of str
        Heads of the columns that say what a row is of; those in which all rows agree on nothing are left out.
    metrics : tuple of str
        Heads of the columns of numbers; ``value`` alone where the metrics stand below each other.
    rows : list of TableRow
    """

    analysis: str
    split: str
    places: tuple[str, ...]
    metrics: tuple[str, ...]
    rows: list[TableRow]

    @property
    def flat(self) -> list[ResultRow]:
        """All numbers of the table."""
        return [number for row in self.rows for number in row.numbers.values()]


def result_tables(results: Sequence[ResultRow]) -> list[AnalysisTable]:
    """Return one table per analysis and split, in the order in which they come."""
    groups: dict[tuple[str, str], list[ResultRow]] = {}
    for row in results:
        groups.setdefault((row.analysis, row.split), []).append(row)
    return [_table(analysis, split, rows) for (analysis, split), rows in groups.items()]


def title_of(analysis: str) -> str:
    """Return the heading of an analysis.

    Examples
    --------
    >>> title_of("macro")
    'Averages over labels'
    """
    return TITLES.get(analysis, _in_words(analysis))


def metric_name(metric: str) -> str:
    """Return a metric's name for people.

    Examples
    --------
    >>> metric_name("auroc"), metric_name("net_benefit")
    ('AUROC', 'Net benefit')
    """
    return METRIC_NAMES.get(metric, _in_words(metric))


def subgroup_in_words(subgroup: str) -> str:
    """Return ``group.sex=F`` as ``sex: F``.

    Examples
    --------
    >>> subgroup_in_words("group.sex x site=F x A")
    'sex x site: F x A'
    """
    column, sign, value = subgroup.partition("=")
    name = column.replace("group.", "").replace("covariate.", "")
    return f"{name}: {value}" if sign else name


def _table(analysis: str, split: str, rows: Sequence[ResultRow]) -> AnalysisTable:
    metrics = tuple(dict.fromkeys(row.metric for row in rows))
    below = len(metrics) > MOST_METRIC_COLUMNS
    shown = [place for place in PLACES if _tells(rows, place)]
    found: dict[tuple[str, ...], dict[str, ResultRow]] = {}
    for row in rows:
        places = tuple(_words(row, place) for place in shown)
        if below:
            found.setdefault((*places, metric_name(row.metric)), {})["value"] = row
        else:
            found.setdefault(places, {})[row.metric] = row
    heads = [PLACES[place] for place in shown] + (["Measure"] if below else [])
    body = [TableRow(places, numbers) for places, numbers in found.items()]
    return AnalysisTable(analysis, split, tuple(heads), ("value",) if below else metrics, body)


def _tells(rows: Sequence[ResultRow], place: str) -> bool:
    values = {getattr(row, place) for row in rows}
    if place in {"model", "label"}:
        return len(values) > 1 or place == "label"
    return len(values) > 1 if place == "seed" else values != {""}


def _words(row: ResultRow, place: str) -> str:
    if place == "label" and row.label == MACRO:
        return "all labels"
    if place == "seed":
        return "ensemble" if row.seed == -1 else str(row.seed)
    return subgroup_in_words(row.subgroup) if place == "subgroup" else str(getattr(row, place))


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()
