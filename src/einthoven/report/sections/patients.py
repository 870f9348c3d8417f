"""Who the patients are: the baseline table by split, age by sex, and how common each label is."""

from __future__ import annotations

import numpy as np
import polars as pl

from einthoven.cohort.cohort import Cohort
from einthoven.report.blocks import Cell, Column, FigureBlock, Notice, Panel, Row, Section, TableBlock
from einthoven.report.evidence import Evidence
from einthoven.report.figures.age import age_figure
from einthoven.report.figures.prevalence import prevalence_figure
from einthoven.report.figures.theme import panel
from einthoven.report.notation import NOT_ESTIMABLE, count, number, of_total, percent, share

__all__ = ["section"]

SEXES = {"F": "Women", "M": "Men", "U": "Sex not recorded"}


def section(evidence: Evidence) -> Section:
    """Return the table and two figures."""
    if evidence.cohort is None:
        absent = Notice("The run holds no cohort (cohort.parquet).", tone="absent")
        return Section("patients", "Patients", (absent,))
    table = pl.DataFrame(evidence.cohort.table)
    splits = [(name, table.filter(pl.col("split") == name)) for name in evidence.splits]
    groups = [*splits, ("all", table)] if len(splits) > 1 else splits
    figures = FigureBlock(
        "The cohort. Left, age of the patients at their first ECG, by sex. Right, share of ECGs with each label, by split.",
        (_age_panel(table), _prevalence_panel(evidence.cohort, splits)),
        layout="pair",
    )
    return Section("patients", "Patients", (_baseline_table(evidence.cohort, groups), figures))


def _baseline_table(cohort: Cohort, groups: list[tuple[str, pl.DataFrame]]) -> TableBlock:
    columns = (Column("Characteristic", numeric=False), *(Column(name.capitalize()) for name, _ in groups))
    rows = [
        _row("Patients", [count(rows["patient_id"].n_unique()) for _, rows in groups]),
        _row("ECGs", [count(rows.height) for _, rows in groups]),
        _row("Age, years, median (IQR)", [_age(rows) for _, rows in groups]),
        *(
            _row(name, [_sex(rows, sex) for _, rows in groups])
            for sex, name in SEXES.items()
            if any((rows["sex"] == sex).any() for _, rows in groups)
        ),
        Row((Cell("Labels, ECGs with the label, n (%)"),), style="heading"),
        *(_row(label, [_positive(rows, label) for _, rows in groups], style="indent") for label in cohort.labels),
    ]
    notes = (
        "Age and sex count each patient once, at the first ECG of the split. Label percentages are of ECGs whose label is known; "
        "where some are unknown the cell says how many are known.",
    )
    return TableBlock("Characteristics of the patients and their ECGs, by split.", columns, tuple(rows), notes)


def _row(name: str, cells: list[str], *, style: str = "normal") -> Row:
    return Row((Cell(name), *map(Cell, cells)), style="indent" if style == "indent" else "normal")


def _first_ecgs(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("ecg_time", "record_id", nulls_last=True).unique("patient_id", keep="first", maintain_order=True)


def _age(rows: pl.DataFrame) -> str:
    ages = _first_ecgs(rows)["age_years"].drop_nulls().drop_nans()
    if ages.is_empty():
        return NOT_ESTIMABLE
    low, middle, high = np.percentile(ages.to_numpy(), [25, 50, 75])
    missing = rows["patient_id"].n_unique() - len(ages)
    text = f"{number(middle, 0)} ({number(low, 0)}–{number(high, 0)})"
    return text + (f"; {count(missing)} unknown" if missing else "")


def _sex(rows: pl.DataFrame, sex: str) -> str:
    patients = _first_ecgs(rows)
    return share(int((patients["sex"] == sex).sum()), patients.height)


def _positive(rows: pl.DataFrame, label: str) -> str:
    values = rows[f"y.{label}"].drop_nulls().drop_nans()
    positive, known = int((values == 1).sum()), len(values)
    if known and not values.is_in([0.0, 1.0]).all():  # a measured outcome, not a yes or no
        return f"{number(float(values.mean()), 1)} (SD {number(float(values.std() or 0), 1)})"
    if known == rows.height:
        return share(positive, known)
    return f"{of_total(positive, known)} ({percent(positive / known)})" if known else NOT_ESTIMABLE


def _age_panel(table: pl.DataFrame) -> Panel:
    patients = _first_ecgs(table)
    ages = {
        name: patients.filter(pl.col("sex") == sex)["age_years"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for sex, name in SEXES.items()
    }
    alt = f"Histogram of age in five-year steps by sex; median and quartiles of all patients {_age(table)} years."
    return panel(age_figure({name: values for name, values in ages.items() if values.size}), key="age", alt=alt)


def _prevalence_panel(cohort: Cohort, splits: list[tuple[str, pl.DataFrame]]) -> Panel:
    shares = {name: [_share_of(rows, label) for label in cohort.labels] for name, rows in splits}
    order = sorted(range(len(cohort.labels)), key=lambda i: -np.nanmax([0.0, *(shares[name][i] for name in shares)]))
    labels = [cohort.labels[i] for i in order]
    figure = prevalence_figure(labels, {name: [values[i] for i in order] for name, values in shares.items()})
    alt = f"Share of positive ECGs for {len(labels)} labels in each split; the numbers are in the table above."
    return panel(figure, key="prevalence", alt=alt)


def _share_of(rows: pl.DataFrame, label: str) -> float:
    values = rows[f"y.{label}"].drop_nulls().drop_nans()
    return float((values == 1).mean() or 0.0) if len(values) else float("nan")
