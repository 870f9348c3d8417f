"""Rows of several sources become one cohort; whoever leaves is counted."""

from __future__ import annotations

import pyarrow as pa
import pytest

from einthoven.cohort.build import build_cohort
from einthoven.cohort.flow import FlowStep
from einthoven.cohort.settings import CohortSettings
from einthoven.cohort.sources.source import SourceData
from einthoven.cohort.split import SplitSettings
from einthoven.errors import CohortError, SplitError

SPLIT = SplitSettings(fractions={"train": 0.5, "validation": 0.25, "test": 0.25})


def source(n: int = 8, official: tuple[str, ...] | None = None) -> SourceData:
    ids = [str(number) for number in range(n)]
    columns = {"record_id": ids, "patient_id": ids, "y.AF": [float(i % 2) for i in range(n)]}
    return SourceData(columns, (), (FlowStep("ECGs in the table", n, n),), labels=("AF",), official_split=official)


def manifest(*ids: str, same: tuple[str, ...] = (), short: tuple[str, ...] = ()) -> pa.Table:
    columns = {
        "record_id": list(ids),
        "signal_hash": ["same" if i in same else f"hash {i}" for i in ids],
        "length": pa.array([899 if i in short else 900 for i in ids], pa.int32()),
        "rate_hz": pa.array([100.0] * len(ids), pa.float32()),
    }
    return pa.table(columns)


ALL = tuple(f"a:{number}" for number in range(8))


def build(sources, stored, *, shortest_s=None, **options):
    settings = CohortSettings(**{"labels": ("AF",), "split": SPLIT} | options)
    built = build_cohort(sources, stored, settings=settings, seed=1, shortest_s=shortest_s)
    return built.cohort, built.flow


def test_rejected_ecgs_leave_and_are_counted():
    """An ECG that the store lacks was rejected at ingest."""
    cohort, flow = build({"a": ("develop", source())}, manifest(*ALL[2:]))
    assert cohort.table.num_rows == 6
    assert FlowStep("rejected at ingest (see rejected files)", 2, 2, excluded=True) in flow
    assert sum(step.records for step in flow[-3:]) == 6


def test_equal_ids_of_two_sources_stay_apart_and_external_is_never_split():
    """Patient 1 of A isn't patient 1 of B; B is external as a whole."""
    stored = manifest(*ALL, *(f"b:{number}" for number in range(8)))
    cohort, _ = build({"a": ("develop", source()), "b": ("external", source())}, stored)
    rows = cohort.table.to_pylist()
    assert {row["split"] for row in rows if row["source"] == "b"} == {"external"}
    assert "external" not in {row["split"] for row in rows if row["source"] == "a"}
    assert len({row["patient_id"] for row in rows}) == 16


def test_doubled_signals_leave_when_asked():
    """The first of the ECGs with the same samples stays."""
    cohort, flow = build({"a": ("develop", source())}, manifest(*ALL, same=("a:1", "a:5")), duplicates="drop")
    assert "a:5" not in cohort.table["record_id"].to_pylist()
    assert FlowStep("same samples as an earlier ECG", 1, 1, excluded=True) in flow


def test_official_split_is_taken_or_missed_by_name():
    """A source without published split can't be asked for one."""
    official = ("train",) * 6 + ("validation", "test")
    cohort, _ = build({"a": ("develop", source(official=official))}, manifest(*ALL), split=SplitSettings("official"))
    assert cohort.table["split"].to_pylist() == list(official)
    with pytest.raises(SplitError, match=r"'a' publishes no split.*method = 'patient'"):
        build({"a": ("develop", source())}, manifest(*ALL), split=SplitSettings("official"))


def test_nothing_left_is_refused():
    """A store that rejected everything ends in a clear error."""
    with pytest.raises(CohortError, match="every file was rejected at ingest"):
        build({"a": ("develop", source())}, manifest())


def test_ecgs_shorter_than_the_window_leave_and_are_counted():
    """One sample less than 9 s is too short, 9 s is enough; without a shortest length all stay."""
    stored = manifest(*ALL, short=("a:2", "a:5"))
    cohort, flow = build({"a": ("develop", source())}, stored, shortest_s=9.0)
    assert sorted(cohort.table["record_id"].to_pylist()) == sorted(set(ALL) - {"a:2", "a:5"})
    assert FlowStep("shorter than the model's window (9 s)", 2, 2, excluded=True) in flow
    cohort, flow = build({"a": ("develop", source())}, stored)
    assert cohort.table.num_rows == 8
    assert not any(step.excluded for step in flow)


def test_only_ecgs_shorter_than_the_window_are_refused():
    """Before a split of nothing; the message says how to go on."""
    with pytest.raises(CohortError, match=r"all 8 ECGs are shorter .*\(9 s\): shorten input\.view\.window_s"):
        build({"a": ("develop", source())}, manifest(*ALL, short=ALL), shortest_s=9.0)
