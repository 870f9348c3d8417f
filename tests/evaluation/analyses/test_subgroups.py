from __future__ import annotations

import csv

import numpy as np
import pyarrow as pa
import pytest

from einthoven.evaluation.analyses.subgroups import analyse
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.prediction_files import read_predictions
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from fakes.grouped_predictions import grouped_context, grouped_predictions

COLUMNS = ("group.sex", "group.rhythm")
METRICS = {"prevalence", "auroc", "sensitivity", "specificity", "ppv", "npv"}


@pytest.fixture(scope="module")
def rows():
    """Return the subgroups by sex and rhythm."""
    return analyse(grouped_context(subgroups=COLUMNS))


def found(rows, metric, subgroup):
    (row,) = (row for row in rows.results if (row.metric, row.subgroup) == (metric, subgroup))
    return row.estimate


def compared(rows, metric, subgroup):
    (row,) = (row for row in rows.comparisons if (row.metric, row.subgroup) == (metric, subgroup))
    return row


def test_every_group_has_every_metric_with_a_row_for_unknown(rows):
    """Six groups."""
    groups = {row.subgroup for row in rows.results}
    assert "group.sex=unknown" in groups
    assert len(groups) == 6
    assert all({r.metric for r in rows.results if r.subgroup == group} == METRICS for group in groups)
    assert {row.analysis for row in (*rows.results, *rows.comparisons)} == {"subgroups"}


def test_records_of_a_columns_groups_add_up():
    """Prevalence counts them."""
    context = grouped_context(subgroups=COLUMNS)
    rows = analyse(context)
    for column in COLUMNS:
        total = sum(found(rows, "prevalence", r.subgroup).n for r in rows.results
                    if r.metric == "prevalence" and r.subgroup.startswith(column))  # fmt: skip
        assert total == context.main[0].truth.size


def test_below_the_least_events_a_number_is_kept_and_greyed(rows):
    """It says how many there were; enough events have no such reason."""
    few = found(rows, "specificity", "group.rhythm=paced")
    assert few.low <= few.value <= few.high
    assert "fewer than 20" in few.reason
    assert found(rows, "specificity", "group.rhythm=sinus").reason is None
    assert "fewer than 20" in compared(rows, "specificity", "group.rhythm=paced").test.difference.reason


def test_ten_ecgs_of_one_patient_are_not_ten_events():
    """Patients with a positive are counted."""
    table = grouped_predictions(patients=120).table
    copies = []
    for copy in range(4):
        names = [f"{name} {copy}" for name in table["record_id"].to_pylist()]
        place = table.column_names.index("record_id")
        copies.append(table.set_column(place, "record_id", pa.array(names).dictionary_encode()))
    fourfold = analyse(grouped_context(Predictions(pa.concat_tables(copies).unify_dictionaries()), subgroups=("site",)))
    plain = analyse(grouped_context(Predictions(table), subgroups=("site",)))
    reasons = [found(rows, "sensitivity", "site=A").reason for rows in (plain, fourfold)]
    assert "positive patients, fewer than 20" in reasons[0]
    assert reasons[0] == reasons[1]


def test_the_least_number_of_events_is_the_protocols():
    """With 0 nothing is greyed."""
    rows = analyse(grouped_context(subgroups=COLUMNS, minimum_events=0))
    assert found(rows, "specificity", "group.rhythm=paced").reason is None


def test_differences_are_to_the_complement(rows):
    """At 'complement', of the model with itself, adjusted over the groups; F and M are one test."""
    row = compared(rows, "auroc", "group.sex=F")
    assert (row.at, row.model_a, row.seed_a) == ("complement", row.model_b, row.seed_b)
    a, b = (found(rows, "auroc", f"group.sex={sex}").value for sex in "FM")
    assert row.test.difference.value == pytest.approx(a - b)
    assert compared(rows, "auroc", "group.sex=M").test.difference.value == pytest.approx(b - a)
    assert row.p_adjusted == compared(rows, "auroc", "group.sex=M").p_adjusted
    assert row.p_adjusted >= row.test.p_value


def test_the_interaction_finds_the_rhythm_in_which_the_score_tells_nothing(rows):
    """Not sex, which makes no difference; the small group is left out by name."""
    rhythm, sex = (compared(rows, "auroc", column) for column in ("group.rhythm", "group.sex"))
    assert rhythm.at == "interaction"
    assert rhythm.test.p_value < 1e-3
    assert rhythm.p_adjusted >= rhythm.test.p_value
    assert sex.test.p_value > 0.01
    assert "without paced: too few events" in rhythm.test.method
    assert "largest gap (sinus - AF)" in rhythm.test.difference.method
    assert rhythm.test.difference.low > 0
    assert sex.test.statistic < 10 < rhythm.test.statistic


def test_two_groups_without_common_patients_are_tested_as_by_their_difference(rows):
    """Wald's chi-square on one degree of freedom is nearly the square of the difference's z."""
    z = compared(rows, "auroc", "group.sex=F").test.statistic
    assert compared(rows, "auroc", "group.sex").test.statistic == pytest.approx(z**2, abs=0.2, rel=0.3)


def test_columns_are_crossed_by_their_texts():
    """The unknown of one is unknown of both."""
    rows = analyse(grouped_context(subgroups=("group.sex x site",)))
    groups = list(dict.fromkeys(row.subgroup.partition("=")[2] for row in rows.results))
    assert groups[:4] == ["F x A", "F x B", "M x A", "M x B"]
    assert set(groups[4:]) <= {"unknown x A", "unknown x B"}
    row = compared(rows, "sensitivity", "group.sex x site")
    assert "3 df" in row.test.method


def test_the_order_of_rows_does_not_matter(rows):
    """Bit for bit."""
    table = grouped_predictions().table
    order = np.random.default_rng(0).permutation(len(table))
    shuffled = analyse(grouped_context(Predictions(table.take(order)), subgroups=COLUMNS))
    assert shuffled.results == rows.results
    assert [row.test.p_value for row in shuffled.comparisons] == pytest.approx(
        [row.test.p_value for row in rows.comparisons], nan_ok=True
    )


def test_readers_have_shares_alone():
    """And the interaction of each."""
    rows = analyse(grouped_context(grouped_predictions(reader=True), subgroups=("group.rhythm",)))
    assert {row.metric for row in rows.results} == METRICS - {"auroc"}
    assert {row.metric for row in rows.comparisons if row.at == "interaction"} == METRICS - {"auroc", "prevalence"}


def test_a_column_that_is_no_group_is_named_and_left_out():
    """Each record has a value of its own."""
    table = grouped_predictions().table
    values = pa.array([f"{row}" for row in range(len(table))])
    rows = analyse(grouped_context(Predictions(table.append_column("group.id", values)), subgroups=("group.id",)))
    assert not rows.results
    assert "more than 50: no subgroups are made of it" in rows.notes[0]


def test_a_column_with_one_value_has_neither_complement_nor_test():
    """Its row is that of all records."""
    table = grouped_predictions().table
    whole = Predictions(table.append_column("group.all", pa.array(["yes"] * len(table))))
    rows = analyse(grouped_context(whole, subgroups=("group.all",)))
    assert {row.subgroup for row in rows.results} == {"group.all=yes"}
    assert {row.at for row in rows.comparisons} == {"interaction"}
    assert all("fewer than 2 groups" in row.test.difference.reason for row in rows.comparisons)


def test_without_subgroups_there_is_nothing():
    """Empty rows."""
    rows = analyse(grouped_context())
    assert (rows.results, rows.comparisons, rows.notes) == ([], [], [])


@pytest.mark.real_data
def test_the_published_networks_sensitivity_in_women_and_men_is_counted(real_data):
    """827 ECGs of the CODE study (Ribeiro 2020): each sex's accuracy by counting, few events in grey."""
    folder = real_data / "predictions" / "code_test"
    read = read_predictions(folder / "data/annotations/dnn.csv", truth=folder / "data/annotations/gold_standard.csv")
    with (folder / "data/attributes.csv").open(newline="") as stream:
        sexes = [row["sex"] for row in csv.DictReader(stream)]
    table = read.table.append_column("group.sex", pa.array(np.tile(sexes, len(read.labels)).tolist()))
    rows = analyse(context_for(Predictions(table), Protocol(subgroups=("group.sex",), resamples=200)))
    called, truth = (np.loadtxt(folder / f"data/annotations/{n}.csv", delimiter=",", skiprows=1)[:, -6:]
                     for n in ("dnn", "gold_standard"))  # fmt: skip
    for place, label in enumerate(("1dAVb", "RBBB", "LBBB", "SB", "AF", "ST")):
        for sex in "FM":
            wanted = (label, "sensitivity", f"group.sex={sex}")
            (row,) = (r for r in rows.results if (r.label, r.metric, r.subgroup) == wanted)
            sick = (truth[:, place] == 1) & (np.array(sexes) == sex)
            assert row.estimate.value == pytest.approx(called[sick, place].mean())
            assert (row.estimate.reason is not None) == (sick.sum() < 20)


def test_a_difference_to_a_complement_of_few_events_is_greyed():
    """However large the group: of two groups, each is the other's complement."""
    table = grouped_predictions().table
    rare = np.where(np.array(table["group.rhythm"].to_pylist()) == "paced", "paced", "own rhythm")
    context = grouped_context(
        Predictions(table.append_column("group.pacing", pa.array(rare.tolist()))), subgroups=("group.pacing",)
    )
    rows = analyse(context)
    reasons = [
        compared(rows, "specificity", f"group.pacing={v}").test.difference.reason for v in ("paced", "own rhythm")
    ]
    assert "fewer than 20" in reasons[0]
    assert reasons[1] == f"{reasons[0]}, among all others"
    assert found(rows, "specificity", "group.pacing=own rhythm").reason is None
