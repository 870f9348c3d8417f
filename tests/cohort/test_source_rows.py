"""The ECGs of one source, numbered for the study."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from einthoven.cohort.flow import FlowStep
from einthoven.cohort.settings import CohortSettings
from einthoven.cohort.source_rows import source_rows, stored_rows
from einthoven.cohort.sources.source import SourceData


def data(**columns):
    base = {"record_id": ["1", "2"], "patient_id": ["7", "8"], "y.AF": [None, 0.0], "u.AF": [True, False]}
    return SourceData(base | columns, (), (), labels=("AF",))


def test_what_a_statement_leaves_open_counts_as_the_study_says():
    """Unknown by default."""
    for policy, value in (("unknown", None), ("positive", 1.0), ("negative", 0.0)):
        settings = CohortSettings(labels=("AF",), uncertain=policy)
        rows = source_rows("A", "develop", data(), settings=settings)
        assert rows["y.AF"].to_list() == [value, 0.0]
        assert rows["u.AF"].to_list() == [True, False]


def test_of_equal_signals_the_earliest_stays_whatever_the_order():
    """Not the one that the table happens to name first."""
    times = [pl.datetime(2021, 1, 1), pl.datetime(2020, 1, 1)]
    settings = CohortSettings(labels=("AF",), duplicates="drop")
    rows = source_rows("A", "develop", data(ecg_time=pl.select(pl.concat_list(times).explode()).to_series().to_list()),
                       settings=settings)  # fmt: skip
    manifest = pa.table({"record_id": ["A:1", "A:2"], "signal_hash": ["same", "same"]})
    flow: list[FlowStep] = []
    kept = stored_rows(rows, manifest, flow, settings=settings, shortest_s=None)
    assert kept["record_id"].to_list() == ["A:2"]
    assert flow[0].records == 1
