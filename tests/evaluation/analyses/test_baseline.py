from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from einthoven.evaluation.analyses.baseline import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.predictions import fake_predictions


@pytest.fixture(scope="module")
def predictions():
    """Return predictions of patients with an age, a skewed laboratory value, yes/no, a site and a device."""
    table = fake_predictions().table
    patient = np.array([int(name.as_py().split()[1]) for name in table["patient_id"]])
    rng = np.random.default_rng(3)
    age, troponin, diabetes = rng.normal(60, 10, 150), rng.lognormal(2, 1.5, 150), (rng.random(150) < 0.3).astype(float)
    age[rng.random(150) < 0.1] = np.nan
    device = rng.integers(0, 20, 150)
    columns = {
        "covariate.age_years": age[patient],
        "covariate.troponin": troponin[patient],
        "covariate.diabetes": diabetes[patient],
        "site": pa.array([None if p % 10 == 0 else "AB"[p % 2] for p in patient]),
        "group.device": pa.array([f"device {device[p]:02d}" for p in patient]),
    }
    for name, values in columns.items():
        table = table.append_column(
            name, values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
        )
    return Predictions(table)


@pytest.fixture(scope="module")
def rows(predictions):
    """Return the cells of the test split and across splits."""
    return analyse(context_for(predictions, Protocol(splits=("test",), outcomes=("AF",)))).baseline


def cells(rows, **wanted):
    """Return the rows with these attributes."""
    return [row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())]


def test_each_patient_counts_once(rows):
    """50 patients with 100 records, twice for two networks."""
    for variable in ("covariate.age_years", "site"):
        row = cells(rows, split="test", variable=variable, column="all")[0]
        assert row.n + row.missing == 50
    (age,) = cells(rows, split="test", variable="covariate.age_years", column="all")
    assert age.missing > 0


def test_numbers_are_told_and_tested_by_their_shape(predictions, rows):
    """Age by mean and Welch's t, troponin by median and ranks; the p value stands once."""
    table = predictions.table.to_pandas()
    kept = table[(table.model == "net") & (table.label == "AF") & (table.split == "test")]
    first = kept.sort_values("record_id").groupby("patient_id").head(1)
    no, yes = cells(rows, split="test", variable="covariate.age_years")[1:3]
    assert (no.column, yes.column, no.summary, no.test, yes.test) == ("AF=0", "AF=1", "mean (SD)", "Welch's t", "")
    groups = [first[first.truth == t]["covariate.age_years"].dropna() for t in (0, 1)]
    assert no.value == pytest.approx(groups[0].mean())
    assert yes.low == pytest.approx(groups[1].std())
    assert no.p_value == pytest.approx(stats.ttest_ind(*groups, equal_var=False).pvalue)
    assert yes.p_value is None
    troponin = cells(rows, split="test", variable="covariate.troponin", column="AF=0")[0]
    assert (troponin.summary, troponin.test) == ("median (IQR)", "Mann-Whitney")


def test_a_yes_no_covariate_is_a_category_of_which_yes_is_shown(rows):
    """Count and percentage of those with a value."""
    (diabetes,) = cells(rows, split="test", variable="covariate.diabetes", column="all")
    assert (diabetes.level, diabetes.summary) == ("1", "n (%)")
    assert diabetes.low == pytest.approx(100 * diabetes.value / diabetes.n)


def test_missing_categories_are_counted_not_shown(rows):
    """Nobody is at site 'unknown'."""
    site = cells(rows, split="test", variable="site", column="all")
    assert [row.level for row in site] == ["A", "B"]
    assert sum(row.value for row in site) == site[0].n
    assert site[0].missing == 5


def test_many_levels_become_others(rows):
    """At most twelve lines per variable."""
    device = cells(rows, split="test", variable="group.device", column="all")
    assert len(device) == 12
    assert device[-1].level == "others"
    assert sum(row.value for row in device) == 50


def test_splits_are_compared_with_one_another(rows):
    """Three columns: Welch's analysis of variance, ranks, chi-square."""
    tests = {row.variable: row.test for row in cells(rows, split="all") if row.test}
    assert tests["covariate.age_years"] == "Welch's ANOVA"
    assert tests["covariate.troponin"] == "Kruskal-Wallis"
    assert tests["covariate.diabetes"] == "chi-square"
    assert {row.column for row in cells(rows, split="all")} == {"external", "test", "validation"}


def test_standardised_differences_have_a_column(rows):
    """Of each variable between outcome and none."""
    contrast = cells(rows, split="test", column="AF: standardised difference")
    assert len({row.variable for row in contrast}) == len(contrast) == 6
    assert all(row.low < row.value < row.high for row in contrast)


def test_nothing_to_describe_and_too_many_labels():
    """No columns, no table; of seven labels the outcomes have to be named."""
    bare = Predictions.from_arrays([[0.2], [0.7]], [[0], [1]], labels=["AF"])
    assert analyse(context_for(bare, Protocol())).baseline == []
    many = Predictions.from_arrays(np.full((4, 7), 0.5), np.eye(4, 7), labels=list("abcdefg"))
    many = Predictions(many.table.append_column("site", pa.array(["A"] * 28)))
    found = analyse(context_for(many, Protocol()))
    assert {row.column for row in found.baseline} == {"all"}
    assert "there are 7 labels" in found.notes[0]


def test_a_variable_that_nobody_has_is_shown_as_missing(predictions):
    """Numbers and categories; what can't be tested says why."""
    table = predictions.table.append_column("group.empty", pa.array([None] * len(predictions.table), pa.string()))
    table = table.append_column("covariate.empty", pa.array([None] * len(table), pa.float64()))
    found = analyse(context_for(Predictions(table), Protocol(splits=("test",), outcomes=("AF",)))).baseline
    for variable in ("group.empty", "covariate.empty"):
        (row,) = cells(found, split="test", variable=variable, column="all")
        assert (row.n, row.missing) == (0, 50)
    (contrast,) = cells(found, split="test", variable="covariate.empty", column="AF: standardised difference")
    assert "fewer than 2 patients" in contrast.test
    assert cells(found, split="test", variable="covariate.empty", column="AF=0")[0].test.startswith("no test")
