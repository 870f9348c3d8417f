"""The same samples under two ids are found wherever they lie."""

from __future__ import annotations

import polars as pl

from einthoven.cohort.audit_signals import same_signal

ROWS = pl.DataFrame(
    {
        "record_id": ["a:0", "a:1", "a:1", "b:0", "b:1"],
        "patient_id": ["a:p", "a:q", "a:q", "b:p", "b:q"],
        "source": ["a", "a", "a", "b", "b"],
        "split": ["train", "test", "test", "train", "external"],
    }
)


def found(*hashes: str):
    """Check with the hashes of a:0, a:1, b:0, b:1."""
    return same_signal(ROWS, pl.DataFrame({"record_id": ["a:0", "a:1", "b:0", "b:1"], "signal_hash": list(hashes)}))


def test_an_ecg_of_two_pairs_is_not_doubled():
    """The cohort has a row per pair."""
    assert found("w", "x", "y", "z").found == 0


def test_doubles_of_a_source_have_a_remedy():
    """Both ids, the splits, and what to write."""
    check = found("x", "x", "y", "z")
    assert (check.found, check.refuses) == (1, True)
    assert "Records a:0, a:1 hold the same samples; set cohort.duplicates = 'drop'" in check.detail
    assert "across splits 1, across patients 1, across sources 0" in check.detail


def test_doubles_of_two_sources_are_left_out_by_hand():
    """An external test that holds training ECGs is none."""
    check = found("x", "y", "z", "x")
    assert "Records a:0, b:1 hold the same samples; take the ECGs of one of the sources out" in check.detail
    assert "across splits 1, across patients 1, across sources 1" in check.detail
