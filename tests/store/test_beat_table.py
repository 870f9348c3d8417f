"""Every border of every wave, one row per beat and lead."""

from __future__ import annotations

import pytest

from einthoven.ecg.delineation import Mark
from einthoven.store.beat_table import BEATS_SCHEMA, FREE_P, beat_table
from fakes.delineations import fake_delineation


def test_each_beat_and_lead_has_a_row_with_its_times():
    table = beat_table(fake_delineation(("I", "V1"), beats_s=(1.0, 2.0)), record_id="a", source_path="a.xml")
    assert table.schema.equals(BEATS_SCHEMA, check_metadata=True)
    assert table["lead"].to_pylist() == ["I", "V1", "I", "V1"]
    assert table["beat"].to_pylist() == [0, 0, 1, 1]
    assert table["kind"].to_pylist() == ["dominant"] * 4
    assert table["qrs_on_s"].to_pylist() == pytest.approx([0.96, 0.96, 1.96, 1.96])
    assert table["t_off_s"].to_pylist() == pytest.approx([1.34, 1.34, 2.34, 2.34])
    assert set(table["source_path"].to_pylist()) == {"a.xml"}


def test_absent_waves_are_null_and_p_waves_without_qrs_have_no_beat():
    delineation = fake_delineation(
        ("II",), beats_s=(1.0,), absent=(Mark.T_ON, Mark.T_PEAK, Mark.T_OFF), free_p_s=(3.0,)
    )
    beat, free = beat_table(delineation, record_id="a", source_path="a.xml").to_pylist()
    assert beat["t_on_s"] is None
    assert (free["beat"], free["kind"], free["template"]) == (None, FREE_P, None)
    assert (free["p_on_s"], free["p_off_s"], free["qrs_on_s"]) == (pytest.approx(2.96), pytest.approx(3.04), None)


def test_an_ecg_without_beats_has_no_rows():
    assert beat_table(fake_delineation(("I",), beats_s=()), record_id="a", source_path="a").num_rows == 0
