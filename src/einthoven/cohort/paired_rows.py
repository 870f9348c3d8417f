"""The ECGs of one source with the reports that tell their outcome: one row per ECG and pair."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from einthoven.cohort.eligibility import eligible
from einthoven.cohort.flow import FlowStep
from einthoven.cohort.history import earlier_ecgs, earlier_pairs
from einthoven.cohort.outcomes import OutcomeSettings, check_known, outcome_columns
from einthoven.cohort.pairing import PairingSettings, baseline_or_followup, holds_dates, pair_reports
from einthoven.cohort.rules import Rule
from einthoven.cohort.settings import CohortSettings
from einthoven.errors import CohortError
from einthoven.registry import nearest

__all__ = ["paired_rows"]

KEY = ("outcome_id", "patient_id", "outcome_time")
MOST_PAIRS = 1000  # an echo a week for twenty years


def paired_rows(
    rows: pl.DataFrame,
    reports: pl.DataFrame,
    *,
    settings: CohortSettings,
    rules: Mapping[str, Rule],
    flow: list[FlowStep],
    notes: list[str],
) -> pl.DataFrame:
    """Return the ECGs with ``outcome_id, outcome_time, outcome_gap_days, pair``, the reports' columns and the history.

    Parameters
    ----------
    rows : DataFrame
        One per ECG: ``record_id, patient_id, ecg_time`` and whatever else is known.
    reports : DataFrame
        ``outcome_id, patient_id, outcome_time`` and what the reports say.
    settings : CohortSettings
        ``pairing`` is set.
    rules : mapping of description to Rule
        What a pair must meet; one that doesn't leaves its ECG unpaired.
    flow : list of FlowStep
        What was left out is added here.
    notes : list of str
        What a reader should know of the times is added here.

    Raises
    ------
    CohortError
        When no report has an outcome, or no report finds an ECG; says how near they came. When one patient has more
        pairs than a patient can have: his id stands for many.
    """
    assert settings.pairing is not None
    check_known(settings.tasks, [*rows.columns, *reports.columns])
    _check_history_outcome(settings.history_outcome, reports)
    usable = _note_others(reports, _has_outcome(reports, settings), flow, "report without an outcome of the study")
    is_asked = usable["patient_id"].is_in(rows["patient_id"].unique().implode())
    of_cohort = _note_others(usable, is_asked, flow, "report of a patient without an eligible ECG")
    dated = _dated(rows["ecg_time"], of_cohort["outcome_time"])
    notes += dated
    pairs = pair_reports(rows, of_cohort, settings=settings.pairing, by_date=bool(dated))
    if pairs.height == 0:
        raise CohortError(_why_no_pairs(rows, reports, usable, of_cohort, settings))
    unpaired = of_cohort.join(pairs, on="outcome_id", how="anti")
    _note(flow, _without_ecg(settings.pairing), unpaired)
    facts = of_cohort.drop([name for name in of_cohort.columns if name in rows.columns])
    matched = rows.join(pairs, on="record_id").join(facts, on="outcome_id")
    matched = eligible(matched, rules, flow, counted="pairs")
    _check_patients(matched)
    flow.append(FlowStep("pairs of ECG and report", matched.height, matched["patient_id"].n_unique(), counted="pairs"))
    of_pair = matched.select("record_id", "outcome_gap_days", *facts.columns)
    joined = rows.join(of_pair, on="record_id", how="left")
    joined = baseline_or_followup(joined.with_columns(pl.col("outcome_id").fill_null("")))
    joined = _with_history(joined, settings)
    if settings.unpaired == "keep":
        return joined
    _note(flow, "ECG without a report", joined.filter(pl.col("pair") == "none"), counted="ECGs")
    return joined.filter(pl.col("pair") != "none")


def _dated(ecg_times: pl.Series, report_times: pl.Series) -> list[str]:
    """Tell of which tables the hours aren't known."""
    dated = [name for name, times in (("ECGs", ecg_times), ("reports", report_times)) if holds_dates(times)]
    return [f"some times of {name} are dates without an hour: distances are counted in calendar days" for name in dated]


def _without_ecg(pairing: PairingSettings) -> str:
    side = {"either": "", "ecg_first": " before it", "report_first": " after it"}[pairing.side]
    nearer = ", or whose ECG is nearer to another report" if pairing.per_ecg == "nearest" else ""
    return f"report without an ECG within {pairing.window_days:g} days{side}{nearer}"


def _check_patients(matched: pl.DataFrame) -> None:
    """Refuse an id that stands for many patients: its pairs mix strangers, and its histories fill the memory."""
    counts = matched["patient_id"].value_counts(sort=True)
    if counts.height and counts["count"][0] > MOST_PAIRS:
        raise CohortError(
            f"patient {counts['patient_id'][0]!r} has {counts['count'][0]:,} pairs of ECG and report, more than one "
            f"can have ({MOST_PAIRS:,}): list an id that stands for everybody without one in the table's 'missing'"
        )


def _has_outcome(reports: pl.DataFrame, settings: CohortSettings) -> pl.Series:
    """Which reports say anything that the study asks for; a report that can't be judged alone is kept."""
    tasks = {name: task for name, task in settings.tasks.items() if task.columns <= set(reports.columns)}
    judged = _known(reports, tasks)
    if settings.history_outcome is not None:
        judged = judged | reports[settings.history_outcome].is_not_null()
    needs_both = any(task.columns & set(reports.columns) for name, task in settings.tasks.items() if name not in tasks)
    return judged | needs_both


def _known(reports: pl.DataFrame, tasks: Mapping[str, OutcomeSettings]) -> pl.Series:
    if not tasks:
        return pl.repeat(value=False, n=reports.height, eager=True)
    found = outcome_columns(reports, tasks)
    # a range across the bound is an outcome, too: an uncertain one
    said = [pl.col(f"y.{name}").is_not_null() | pl.col(f"u.{name}") for name in tasks]
    return found.select(known=pl.any_horizontal(said))["known"]


def _with_history(joined: pl.DataFrame, settings: CohortSettings) -> pl.DataFrame:
    outcome, history = settings.history_outcome, settings.history
    if outcome is not None:
        known = earlier_pairs(joined, outcome=outcome, settings=history)
        joined = joined.join(known, on=["record_id", "outcome_id"], how="left", maintain_order="left")
    if history.earlier_ecgs:
        ecgs = joined.unique("record_id").select("record_id", "patient_id", "ecg_time")
        earlier = earlier_ecgs(ecgs, settings=history)
        joined = joined.join(earlier, on="record_id", how="left", maintain_order="left")
    return joined


def _check_history_outcome(name: str | None, reports: pl.DataFrame) -> None:
    if name is not None and name not in reports.columns:
        accepted = [column for column in reports.columns if column not in KEY]
        raise CohortError(f"cohort.history_outcome: the reports have no column {name!r}{nearest(name, accepted)}")


def _why_no_pairs(
    rows: pl.DataFrame, reports: pl.DataFrame, usable: pl.DataFrame, of_cohort: pl.DataFrame, settings: CohortSettings
) -> str:
    """Say at which step the last report was lost."""
    start = f"no pair of ECG and report: of {reports.height:,} reports "
    if usable.height == 0:
        return start + f"none has an outcome ({', '.join(settings.outcomes)}); look at the rules in cohort.outcomes"
    if of_cohort.height == 0:
        ids = f"ECGs have ids such as {rows['patient_id'][0]!r}, reports such as {usable['patient_id'][0]!r}"
        return start + f"none is of a patient who has an ECG ({ids}); are both tables numbered alike?"
    assert settings.pairing is not None
    window = f"within {settings.pairing.window_days:g} days"
    span = "ECGs are from {:%Y-%m-%d} to {:%Y-%m-%d}, reports from {:%Y-%m-%d} to {:%Y-%m-%d}"
    if rows["ecg_time"].is_null().all():
        return start + "none can be paired, because no ECG has a time"
    times = (rows["ecg_time"].min(), rows["ecg_time"].max(), of_cohort["outcome_time"].min())
    dates = span.format(*times, of_cohort["outcome_time"].max())
    return start + f"{of_cohort.height:,} are of patients with an ECG, and none has one {window} ({dates})"


def _note_others(reports: pl.DataFrame, is_kept: pl.Series, flow: list[FlowStep], label: str) -> pl.DataFrame:
    """Return the reports that are kept, and count the others."""
    _note(flow, label, reports.filter(~is_kept))
    return reports.filter(is_kept)


def _note(flow: list[FlowStep], label: str, gone: pl.DataFrame, *, counted: str = "reports") -> None:
    if gone.height:
        flow.append(FlowStep(label, gone.height, gone["patient_id"].n_unique(), excluded=True, counted=counted))
