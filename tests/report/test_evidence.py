"""Evidence reads what is there and leaves the rest empty."""

from __future__ import annotations

import dataclasses
import shutil

import pyarrow as pa

from einthoven.cohort.cohort import Cohort
from einthoven.evaluation.rows import MACRO
from einthoven.report.evidence import ENSEMBLE, Evidence


def test_arms_come_in_the_order_of_the_study_and_the_ensemble_is_the_main_seed(full):
    assert full.arms == ("pretrained", "scratch")
    assert full.seeds("scratch") == (-1, 0, 1)
    assert full.main_seed("scratch") == ENSEMBLE
    assert full.test_splits == ("test", "external")


def test_labels_with_most_events_come_first(full):
    events = [full.estimate("pretrained", "test", label, "auroc").events for label in full.labels("test")]
    assert events == sorted(events, reverse=True)
    assert MACRO not in full.labels("test")


def test_subgroups_are_kept_apart_from_the_whole(full):
    whole = full.estimate("pretrained", "test", "MI", "auroc")
    parts = [
        row.estimate for row in full.subgroup_rows("pretrained", "test") if (row.label, row.metric) == ("MI", "auroc")
    ]
    assert sum(part.n for part in parts) == whole.n


def test_a_single_seed_is_the_main_one(one_class):
    assert one_class.main_seed("net") == 0


def test_predictions_are_of_one_split(full):
    table = full.predictions("scratch", split="test", columns=("record_id", "split"))
    assert set(table["split"].to_pylist()) == {"test"}


def test_outcomes_leave_auxiliary_labels_out(full_run, tmp_path):
    import pyarrow as pa

    from einthoven.cohort.cohort import Cohort

    run = shutil.copytree(full_run / "stages", tmp_path / "stages").parent
    path = run / "stages" / "cohort" / "cohort.parquet"
    table = Cohort.read(path).table
    Cohort(table.append_column("y.scp.AFIB", pa.array([0.0] * table.num_rows, pa.float32()))).write(path)
    assert Evidence.load(run).outcomes == ("NORM", "MI", "STTC")


def test_an_empty_run_has_no_evidence(empty):
    assert (empty.cohort, empty.evaluation, empty.arms, empty.test_splits, empty.stages) == (None, None, (), (), ())
    assert list(empty.histories("net")) == []


def test_ecgs_are_counted_where_an_outcome_is_known_of_all_of_them(full):
    """Pairs are counted only where all outcomes come from reports."""
    table = full.cohort.table
    pairs = pa.array(["baseline", *["none"] * (table.num_rows - 1)])
    cohort = Cohort(table.set_column(table.column_names.index("pair"), "pair", pairs))
    for labels, counted in ((["AF"], "ECGs"), ([], "pairs")):
        evidence = dataclasses.replace(full, cohort=cohort, study={"cohort": {"labels": labels}})
        assert evidence.counted == counted
