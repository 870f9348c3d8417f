"""Who may be in the study at all: rules over ECGs, over reports, or over pairs of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.outcomes import with_short_names
from einthoven.cohort.rules import Rule, parse_rule
from einthoven.errors import CohortError, SpecificationError
from einthoven.registry import nearest

__all__ = ["EligibilityRules", "eligibility_rules", "eligible", "refuse_future"]


class EligibilityRules(NamedTuple):
    """The rules, by what they can be judged on."""

    ecgs: dict[str, Rule]
    reports: dict[str, Rule]
    pairs: dict[str, Rule]


def eligibility_rules(
    rules: Mapping[str, str], *, ecg_columns: Iterable[str], report_columns: Iterable[str]
) -> EligibilityRules:
    """Sort the rules of ``cohort.eligible`` by the tables that they need.

    Raises
    ------
    CohortError
        For a rule about a column that neither ECGs nor reports have.
    """
    of_reports = set(report_columns)
    of_ecgs = set(ecg_columns)
    of_ecgs |= {name.partition(".")[2] for name in of_ecgs if "." in name and not name.startswith("event")}
    sorted_rules = EligibilityRules({}, {}, {})
    for description, text in rules.items():
        rule = parse_rule(text)
        refuse_future(rule, place=f"cohort.eligible, {description!r}")
        unknown = next((name for name in sorted(rule.columns) if name not in of_ecgs | of_reports), None)
        if unknown is not None:
            near = nearest(unknown, sorted(of_ecgs | of_reports))
            raise CohortError(f"cohort.eligible, {description!r}: neither ECGs nor reports have {unknown!r}{near}")
        place = (
            sorted_rules.ecgs
            if rule.columns <= of_ecgs
            else sorted_rules.reports
            if rule.columns <= of_reports
            else sorted_rules.pairs
        )
        place[description] = rule
    return sorted_rules


def refuse_future(rule: Rule, *, place: str) -> None:
    """Refuse a rule about what happened after the ECG: whoever it keeps was chosen by the future.

    Raises
    ------
    SpecificationError
        Names the column.
    """
    future = next((name for name in sorted(rule.columns) if name.startswith(("event.", "event_days."))), None)
    if future is not None:
        raise SpecificationError(
            f"{place}: {future!r} tells what happened after the ECG, which nobody knew then; it may be an outcome, but "
            "neither choose patients nor group them"
        )


def eligible(
    table: pl.DataFrame, rules: Mapping[str, Rule], flow: list[FlowStep], *, counted: str = "ECGs"
) -> pl.DataFrame:
    """Return the rows that meet every rule; those that don't, and those that can't be judged, are counted apart."""
    for description, rule in rules.items():
        met = rule.evaluate(with_short_names(table, rule.columns)).value
        for gone, label in ((met.not_(), f"not eligible: {description}"), (met.is_null(), f"unknown: {description}")):
            out = table.filter(gone.fill_null(value=False))
            if out.height:
                flow.append(FlowStep(label, out.height, out["patient_id"].n_unique(), excluded=True, counted=counted))
        table = table.filter(met.fill_null(value=False))
    return table
