"""What holds for every analysis in the table ``ANALYSES``."""

from __future__ import annotations

import dataclasses
import importlib
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import einthoven.evaluation.analyses as family
from einthoven.evaluation.analyses import ANALYSES
from einthoven.evaluation.analysis_table import TITLES
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import Rows
from einthoven.registry import resolve
from fakes.predictions import fake_predictions

# every setting that switches an analysis on
PROTOCOL = Protocol(
    resamples=30,
    minimum_events=5,
    subgroups=("group.sex",),
    thresholds=("youden", "sensitivity 0.9"),
    strata=("sensitivity 0.95", "specificity 0.9"),
    prevalences=(0.05,),
    margin=0.02,
    horizons_days=(365.0,),
    comparator=("covariate.age_years",),
    restrictions=("covariate.age_years <= 70",),
    verification=("score",),
    novelty="covariate.novelty",
)


def full_table():
    """Return predictions with everything that an analysis could ask for: follow-up, covariates, times, numbers."""
    table = fake_predictions(models=("net", "small", "reader"), patients=120).table
    rng = np.random.default_rng(4)
    records = table["record_id"].to_pylist()
    place = {record: index for index, record in enumerate(sorted(set(records)))}
    row = np.array([place[record] for record in records])
    per_record = {
        "covariate.age_years": rng.normal(60, 12, len(place)).round(),
        "covariate.novelty": rng.random(len(place)).round(2),
        "time_to_event_days": rng.integers(1, 900, len(place)).astype(float),
        "event": rng.random(len(place)) < 0.3,
    }
    for name, values in per_record.items():
        table = table.append_column(name, pa.array(values[row]))
    days = rng.integers(0, 900, len(place))[row].astype("timedelta64[D]")
    return table.append_column("time", pa.array((np.datetime64("2020-01-01") + days).astype("datetime64[us]")))


@pytest.fixture(scope="module")
def context():
    """Return the context of all these predictions."""
    return context_for(Predictions(full_table()), PROTOCOL)


@pytest.fixture(scope="module")
def shuffled():
    """Return the context of the same predictions with their rows in another order."""
    table = full_table()
    return context_for(Predictions(table.take(np.random.default_rng(1).permutation(len(table)))), PROTOCOL)


@pytest.fixture(params=ANALYSES)
def analysis(request):
    """Return name and function of each member."""
    return request.param, resolve("analyses", request.param, ANALYSES)


def test_rows_say_where_they_stand_and_hold_their_estimate(analysis, context):
    """The analysis' own name; value within the interval, or no value and a reason."""
    name, analyse = analysis
    rows = analyse(context)
    assert isinstance(rows, Rows)
    for row in rows.results:
        assert row.analysis == name
        one = row.estimate
        assert one.reason if math.isnan(one.value) else not one.low > one.value and not one.high < one.value, row
    for row in rows.comparisons:
        assert row.analysis == name
        assert math.isnan(row.test.p_value) or 0 <= row.test.p_value <= 1


def test_the_order_of_rows_does_not_matter(analysis, context, shuffled):
    """Neither for estimates nor for their intervals, P values and curves."""
    _, analyse = analysis
    one, other = analyse(context), analyse(shuffled)
    for a, b in zip(one.results, other.results, strict=True):
        numbers = [(row.estimate.value, row.estimate.low, row.estimate.high) for row in (a, b)]
        assert numbers[0] == pytest.approx(numbers[1], abs=1e-9, nan_ok=True), a
    for a, b in zip(one.comparisons, other.comparisons, strict=True):
        assert a.test.p_value == pytest.approx(b.test.p_value, abs=1e-9, nan_ok=True), a
    assert [(row.kind, row.at) for row in one.curves] == [(row.kind, row.at) for row in other.curves]
    assert one.notes == other.notes


def test_what_does_not_apply_is_empty_not_an_error(analysis):
    """One label of one class, no patients, no columns, no validation."""
    _, analyse = analysis
    predictions = Predictions.from_arrays([[0.2], [0.7], [0.4]], [[0], [0], [0]], labels=["AF"])
    rows = analyse(context_for(predictions, Protocol(resamples=5)))
    assert all(row.estimate.reason or not math.isnan(row.estimate.value) for row in rows.results)


def test_it_is_documented_titled_and_tested(analysis):
    """A title for people, a docstring, a test of the same name."""
    name, analyse = analysis
    assert analyse.__doc__
    assert importlib.import_module(analyse.__module__).__doc__
    assert name in TITLES
    assert (Path(__file__).parent.parent / "evaluation" / "analyses" / f"test_{name}.py").is_file()


def test_every_file_is_in_the_table():
    """And nothing else is."""
    files = {path.stem for path in Path(family.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(ANALYSES)


def test_a_protocol_may_name_each():
    """By the names of the table."""
    assert dataclasses.replace(PROTOCOL, analyses=tuple(ANALYSES)).analyses == tuple(ANALYSES)
