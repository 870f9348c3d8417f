"""Who the patients are: the baseline table by split, age by sex, and how common each label is."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl

from einthoven.report.blocks import Cell, Column, FigureBlock, Notice, Panel, Row, Section, TableBlock
from einthoven.report.evidence import Evidence
from einthoven.report.figures.age import age_figure
from einthoven.report.figures.prevalence import prevalence_figure
from einthoven.report.figures.theme import panel
from einthoven.report.notation import NOT_ESTIMABLE, count, number, of_total, percent, share

__all__ = ["section"]

MOST_LABELS = 24
SEXES = {"F": "Women", "M": "Men", "U": "Sex not recorded"}


def section(evidence: Evidence) -> Section:
    """Return the table and two figures."""
    if evidence.cohort is None:
        absent = Notice("The run holds no cohort (cohort.parquet).", tone="absent")
        return Section("patients", "Patients", (absent,))
    table = pl.DataFrame(evidence.cohort.table)
    splits = [(name, table.filter(pl.col("split") == name)) for name in evidence.splits]
    groups = [*splits, ("all", table)] if len(splits) > 1 else splits
    which = f"the {MOST_LABELS} most common labels" if len(evidence.outcomes) > MOST_LABELS else "each label"
    figures = FigureBlock(
        f"The cohort. Age at the first ECG, by sex (number of patients); share of ECGs with {which}, by split.",
        (_age_panel(table), _prevalence_panel(evidence.outcomes, splits)),
        layout="pair",
    )
    return Section(
        "patients", "Patients", (_baseline_table(evidence.outcomes, groups, counted=evidence.counted), figures)
    )


def _baseline_table(outcomes: tuple[str, ...], groups: list[tuple[str, pl.DataFrame]], *, counted: str) -> TableBlock:
    columns = (Column("Characteristic", numeric=False), *(Column(name.capitalize()) for name, _ in groups))
    rows = [
        _row("Patients", [count(rows["patient_id"].n_unique()) for _, rows in groups]),
        _row("ECGs", [count(rows["record_id"].n_unique()) for _, rows in groups]),
        *_pairs(groups),
        Row((Cell("Age, years, median (IQR)"), *(_age_cell(rows) for _, rows in groups))),
        *(
            _row(name, [_sex(rows, sex) for _, rows in groups])
            for sex, name in SEXES.items()
            if any((rows["sex"] == sex).any() for _, rows in groups)
        ),
        Row((Cell(f"Labels, {counted} with the label, n (%)"),), style="heading"),
        *(_row(label, [_positive(rows, label) for _, rows in groups], style="indent") for label in outcomes),
    ]
    note = (
        "Age and sex count each patient once, at the first ECG of the split. Label percentages are of "
        f"{counted} whose label "
    )
    note += "is known; where some are unknown the cell says how many are known."
    return TableBlock("Characteristics of the patients and their ECGs, by split.", columns, tuple(rows), (note,))


def _pairs(groups: list[tuple[str, pl.DataFrame]]) -> list[Row]:
    """Return how many pairs of ECG and report there are, where outcomes come from reports."""
    named = {"baseline": "Baseline pairs of ECG and report", "followup": "Follow-up pairs"}
    return [
        _row(words, [count(rows.filter(pl.col("pair") == kind).height) for _, rows in groups])
        for kind, words in named.items()
        if any((rows["pair"] == kind).any() for _, rows in groups)
    ]


def _row(name: str, cells: list[str], *, style: Literal["normal", "indent"] = "normal") -> Row:
    return Row((Cell(name), *map(Cell, cells)), style=style)


def _first_ecgs(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("ecg_time", "record_id", nulls_last=True).unique("patient_id", keep="first", maintain_order=True)


def _age_cell(rows: pl.DataFrame) -> Cell:
    missing = rows["patient_id"].n_unique() - len(_ages(rows))
    return Cell(_age(rows), detail=f"{count(missing)} unknown" if missing else "")


def _age(rows: pl.DataFrame) -> str:
    ages = _ages(rows)
    if ages.is_empty():
        return NOT_ESTIMABLE
    low, middle, high = np.percentile(ages.to_numpy(), [25, 50, 75])
    return f"{number(middle, 0)} ({number(low, 0)}–{number(high, 0)})"


def _ages(rows: pl.DataFrame) -> pl.Series:
    return _first_ecgs(rows)["age_years"].drop_nulls().drop_nans()


def _sex(rows: pl.DataFrame, sex: str) -> str:
    patients = _first_ecgs(rows)
    return share(int((patients["sex"] == sex).sum()), patients.height)


def _positive(rows: pl.DataFrame, label: str) -> str:
    values = rows[f"y.{label}"].drop_nulls().drop_nans()
    positive, known = int((values == 1).sum()), len(values)
    if known and not values.is_in([0.0, 1.0]).all():  # a measured outcome, not a yes or no
        measured = values.to_numpy()
        return f"{number(float(measured.mean()), 1)} (SD {number(float(measured.std(ddof=1)), 1)})"
    if known == rows.height:
        return share(positive, known)
    return f"{of_total(positive, known)} ({percent(positive / known)})" if known else NOT_ESTIMABLE


def _age_panel(table: pl.DataFrame) -> Panel:
    patients = _first_ecgs(table)
    ages = {
        name: patients.filter(pl.col("sex") == sex)["age_years"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for sex, name in (SEXES | {"U": "Unknown"}).items()
    }
    alt = f"Histogram of age in five-year steps by sex; median and quartiles of all patients {_age(table)} years."
    return panel(age_figure({name: values for name, values in ages.items() if values.size}), key="age", alt=alt)


def _prevalence_panel(outcomes: tuple[str, ...], splits: list[tuple[str, pl.DataFrame]]) -> Panel:
    shares = {name: [_share_of(rows, label) for label in outcomes] for name, rows in splits}
    order = sorted(range(len(outcomes)), key=lambda i: -np.nanmax([0.0, *(shares[name][i] for name in shares)]))
    order = order[:MOST_LABELS]
    labels = [outcomes[i] for i in order]
    figure = prevalence_figure(labels, {name: [values[i] for i in order] for name, values in shares.items()})
    alt = f"Share of positive ECGs for {len(labels)} labels in each split; the numbers are in the table above."
    return panel(figure, key="prevalence", alt=alt)


def _share_of(rows: pl.DataFrame, label: str) -> float:
    values = rows[f"y.{label}"].drop_nulls().drop_nans()
    return int((values == 1).sum()) / len(values) if len(values) else float("nan")
