"""From the rows of the sources to a study's cohort: who is eligible, paired, known, and in which split; all counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from einthoven.cohort.audit_near_duplicates import Recordings, SignalAccess
from einthoven.cohort.cohort import COLUMNS, FAMILIES, OPTIONAL, SPLITS, Cohort
from einthoven.cohort.comorbidity_groups import with_comorbidities
from einthoven.cohort.eligibility import eligibility_rules, eligible, refuse_future
from einthoven.cohort.flow import FlowStep
from einthoven.cohort.history import without_strangers
from einthoven.cohort.kept_apart import kept_apart
from einthoven.cohort.missing import apply_missing
from einthoven.cohort.outcomes import check_task_names, measured_columns, outcome_columns, with_short_names
from einthoven.cohort.paired_rows import paired_rows
from einthoven.cohort.rules import parse_rule
from einthoven.cohort.settings import CohortSettings, Role
from einthoven.cohort.source_rows import (
    prefixed,
    source_rows,
    stored_rows,
    study_record_id,
)
from einthoven.cohort.sources.source import SourceData
from einthoven.cohort.split import split_rows
from einthoven.cohort.subgroups import subgroups
from einthoven.errors import CohortError

__all__ = ["BuiltCohort", "build_cohort", "study_record_id"]


class BuiltCohort(NamedTuple):
    """A cohort and the way to it.

    Attributes
    ----------
    cohort : Cohort
    flow : list of FlowStep
    missing : dict of column to (int, int)
        How many rows have no value in it, of how many.
    notes : tuple of str
        What a reader of the cohort should know of its tables.
    recordings : Recordings, optional
        Which records hold one recording, where that was looked for.
    """

    cohort: Cohort
    flow: list[FlowStep]
    missing: dict[str, tuple[int, int]]
    notes: tuple[str, ...]
    recordings: Recordings | None = None


def build_cohort(
    sources: Mapping[str, tuple[Role, SourceData]],
    manifest: pa.Table | None,
    *,
    settings: CohortSettings,
    seed: int,
    shortest_s: float | None = None,
    signals: SignalAccess | None = None,
) -> BuiltCohort:
    """Join the sources' rows with what the store holds, pair them with their reports, and split by patient.

    Parameters
    ----------
    sources : mapping of name to (role, rows)
        Rows of an external source get the split ``external``; no fitting ever touches them. Rows that serve pretraining
        get ``train``, unless their patient is in another split.
    manifest : pa.Table, optional
        The store's; an ECG that isn't there was rejected at ingest. Without it nobody asks whether signals exist.
    settings : CohortSettings
    seed : int
        Used when the split has none of its own.
    shortest_s : float, optional
        Leave out ECGs shorter than this: the window of models that refuse them.
    signals : SignalAccess, optional
        Of the store; without it nobody finds one recording under two ids.

    Raises
    ------
    SplitError
        When an official split is asked of a source that has none.
    CohortError
        When nothing is left, no report finds an ECG, or a rule asks for what no table has.
    """
    if manifest is not None and manifest.num_rows == 0:
        raise CohortError("the store is empty: every file was rejected at ingest; rejected.parquet says why")
    check_task_names(settings.outcomes)
    _check_tables(sources, settings)
    flow: list[FlowStep] = []
    notes: list[str] = []
    parts = []
    for name, (role, data) in sources.items():
        steps = list(data.flow)
        rows = source_rows(name, role, data, settings=settings)
        if manifest is not None:
            rows = stored_rows(rows, manifest, steps, settings=settings, shortest_s=shortest_s)
        told: list[str] = []
        parts.append(_rows_of_study(name, rows, data, settings=settings, flow=steps, notes=told))
        shown = name if len(sources) > 1 else ""
        notes += [f"{shown}: {note}" if shown else note for note in told]
        flow += [replace(step, source=shown) for step in steps]
    table = pl.concat(parts, how="diagonal_relaxed")
    if table.height == 0:
        raise CohortError(f"the cohort is empty: no ECG is left. {_last_exclusion(flow)}")
    table = _judged(table, settings, notes)
    checked = apply_missing(table, settings.missing, counted="rows" if settings.pairing else "ECGs")
    flow += checked.steps
    split = split_rows(checked.table, settings=settings.split, labels=_dealt_by(settings, sources), seed=seed)
    flow += split.steps
    apart = kept_apart(split.rows, sources, flow, signals=signals if settings.near_duplicates == "drop" else None)
    table = apart.rows
    present = set(table["split"])
    flow += [_ecg_step(table.filter(pl.col("split") == part), part) for part in SPLITS if part in present]
    found = set(table["source"])
    simulated = {name: data.simulated for name, (_, data) in sources.items() if data.simulated and name in found}
    kept = _cohort_columns(_with_measured(without_strangers(table), settings))
    cohort = Cohort.from_frame(kept, simulated=simulated)
    return BuiltCohort(cohort, flow, checked.counts, tuple(notes), apart.recordings)


def _judged(table: pl.DataFrame, settings: CohortSettings, notes: list[str]) -> pl.DataFrame:
    """Return the rows with their outcomes and subgroups."""
    if settings.outcomes:
        table = table.hstack(_outcomes(table, settings))
        notes += _contradictions(table, settings)
    if settings.subgroups:
        table = table.hstack(subgroups(with_short_names(table, _group_columns(settings)), settings.subgroups))
    return table


def _rows_of_study(
    name: str,
    rows: pl.DataFrame,
    data: SourceData,
    *,
    settings: CohortSettings,
    flow: list[FlowStep],
    notes: list[str],
) -> pl.DataFrame:
    """Return the rows of one source, eligible and paired."""
    rows = _with_conditions(name, rows, data, settings=settings, notes=notes)
    reports = _reports(name, rows, data)
    rules = eligibility_rules(settings.eligible, ecg_columns=rows.columns, report_columns=reports.columns)
    rows = eligible(rows, rules.ecgs, flow)
    if settings.pairing is None or data.reports is None or rows.height == 0:
        return rows.with_columns(outcome_id=pl.lit(""), pair=pl.lit("none"))
    flow.append(_ecg_step(rows, "eligible ECGs"))
    n_reports, n_patients = reports.height + data.unusable_reports, reports["patient_id"].n_unique()
    flow.append(FlowStep("reports in the table", n_reports, n_patients, counted="reports"))
    if data.unusable_reports:
        label = "rows that can't be used (see dropped rows)"
        flow.append(FlowStep(label, data.unusable_reports, 0, excluded=True, counted="reports"))
    reports = eligible(reports, rules.reports, flow, counted="reports")
    return paired_rows(rows, reports, settings=settings, rules=rules.pairs, flow=flow, notes=notes)


def _with_conditions(
    name: str, rows: pl.DataFrame, data: SourceData, *, settings: CohortSettings, notes: list[str]
) -> pl.DataFrame:
    """Return the rows with the conditions that are asked for, unknown where the source has no diagnoses."""
    asked = settings.comorbidities
    if asked is None:
        return rows
    if data.diagnoses is None:
        notes.append("no table of diagnoses: conditions are unknown")
        unknown = pl.lit(None, pl.String)
        return rows.with_columns(unknown.alias(f"group.{condition}") for condition in (*asked.conditions, *asked.codes))
    diagnoses = prefixed(data.diagnoses, data.numbering or name, "patient_id")
    by_date = "ecgs" in data.date_only
    return with_comorbidities(rows, diagnoses, settings=asked, ecg_date_only=by_date, notes=notes)


def _reports(name: str, rows: pl.DataFrame, data: SourceData) -> pl.DataFrame:
    """Return the reports; a column that ECGs have too is called ``report_<name>``, so that a rule means one of them."""
    if data.reports is None:
        return pl.DataFrame()
    reports = prefixed(prefixed(data.reports, name, "outcome_id"), data.numbering or name, "patient_id")
    shared = [column for column in reports.columns if column in rows.columns and column != "patient_id"]
    return reports.rename({column: f"report_{column}" for column in shared})


def _check_tables(sources: Mapping[str, tuple[Role, SourceData]], settings: CohortSettings) -> None:
    """Refuse what needs tables that nobody has, and reports that nobody paired."""
    with_reports = [name for name, (_, data) in sources.items() if data.reports is not None]
    if settings.pairing is not None and not with_reports:
        raise CohortError(
            f"cohort.pairing is set, but no source has a table of reports ({', '.join(sources)}); "
            "add [data.NAME.reports], or leave cohort.pairing out"
        )
    if settings.comorbidities is not None and all(data.diagnoses is None for _, data in sources.values()):
        raise CohortError(
            "cohort.comorbidities needs a table of diagnoses, and no source has one; add [data.NAME.diagnoses]"
        )
    if settings.pairing is None and with_reports and settings.outcomes:
        raise CohortError(
            f"{with_reports[0]!r} has reports, and the study doesn't say how they find their ECGs; "
            "add pairing = { window_days = 14 } to [cohort]"
        )


def _group_columns(settings: CohortSettings) -> frozenset[str]:
    """Return what subgroups are made of; none may be made of what happened after the ECG."""
    columns: set[str] = set()
    for name, given in settings.subgroups.items():
        for text in [given] if isinstance(given, str) else given.values():
            rule = parse_rule(text)
            refuse_future(rule, place=f"cohort.subgroups.{name}")
            columns |= rule.columns
    return frozenset(columns)


def _outcomes(table: pl.DataFrame, settings: CohortSettings) -> pl.DataFrame:
    """Return the outcomes of every row; a row without a report has none that a report tells."""
    found = outcome_columns(table, settings.tasks)
    if settings.pairing is None:
        return found
    of_reports = set(table.columns) - _told_by_ecgs(table)
    unpaired = table["pair"] == "none"
    told = [name for name, task in settings.tasks.items() if task.columns & of_reports]
    return found.with_columns(
        *(pl.when(~unpaired).then(f"y.{name}").alias(f"y.{name}") for name in told),
        *(pl.when(unpaired).then(pl.lit(value=False)).otherwise(f"u.{name}").alias(f"u.{name}") for name in told),
    )


def _contradictions(table: pl.DataFrame, settings: CohortSettings) -> list[str]:
    """Tell of ECGs whose reports disagree: they are learnt as both."""
    notes = []
    for name in (name for name, task in settings.tasks.items() if task.kind == "binary"):
        known = table.filter(pl.col(f"y.{name}").is_not_null())
        truths = known.group_by("record_id").agg(pl.col(f"y.{name}").n_unique())
        torn = truths.filter(pl.col(f"y.{name}") > 1).height
        if torn:
            notes.append(f"{torn:,} ECGs have reports that disagree on {name}; pairing.per_ecg = 'nearest' keeps one")
    return notes


def _told_by_ecgs(table: pl.DataFrame) -> set[str]:
    return {name for name in table.columns if name in COLUMNS or name.startswith(tuple(FAMILIES))}


def _dealt_by(settings: CohortSettings, sources: Mapping[str, tuple[Role, SourceData]]) -> list[str]:
    """Return the labels that splits are balanced by: yes and no outcomes."""
    binary = [name for name, task in settings.tasks.items() if task.kind == "binary"]
    return list(
        dict.fromkeys(
            [*binary, *(label for role, data in sources.values() if role != "pretrain" for label in data.labels)]
        )
    )


def _with_measured(table: pl.DataFrame, settings: CohortSettings) -> pl.DataFrame:
    """Return the table with what its outcomes were read from, for the evaluation; nothing is trained on it."""
    names = measured_columns(settings.tasks, dict(table.schema))
    return table.with_columns(pl.col(column).alias(kept) for column, kept in names.items())


def _cohort_columns(table: pl.DataFrame) -> pl.DataFrame:
    kept = (*COLUMNS, *OPTIONAL)
    return table.select(name for name in table.columns if name in kept or name.startswith(tuple(FAMILIES)))


def _last_exclusion(flow: list[FlowStep]) -> str:
    out = [step for step in flow if step.excluded]
    return f"The last that left: {out[-1].records:,} {out[-1].counted}, {out[-1].label}" if out else ""


def _ecg_step(rows: pl.DataFrame, label: str) -> FlowStep:
    return FlowStep(label, rows["record_id"].n_unique(), rows["patient_id"].n_unique())
