"""A stored record comes back as the model received it."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.input_spec import FilterSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.report.stored_record import filter_in_words, stored_record
from einthoven.store.store import Store


def test_signal_leads_and_person_are_those_of_store_and_cohort(full, full_run):
    row = full.cohort.table.slice(3, 1).to_pylist()[0]
    found = stored_record(full, row["record_id"])
    with Store.open(full_run / "store") as store:
        expected = store.signal(int(store.rows([row["record_id"]])[0]))
    assert np.array_equal(found.record.signal, expected)
    assert (found.record.leads, found.record.unit, found.record.sex) == (STANDARD_LEADS, "mV", row["sex"])
    assert found.filter_name == "0.67–40 Hz"


def test_a_record_that_no_store_holds_is_none(full, one_class):
    assert stored_record(full, "nobody") is None
    assert stored_record(one_class, one_class.cohort.table["record_id"][0].as_py()) is None


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (FilterSpec("none"), ""),
        (FilterSpec("none", notch_hz=50.0), "notch 50 Hz"),
        (FilterSpec(notch_hz=(50.0, 100.0)), "0.67–40 Hz, notch 50 Hz, notch 100 Hz"),
        (FilterSpec("butterworth_pair", 0.5, None), "above 0.5 Hz"),
        (FilterSpec("fir", None, 47.0, length_s=0.3), "below 47 Hz"),
        (FilterSpec("none", median_s=(0.2, 0.6)), "running median of 0.6 s subtracted"),
    ],
    ids=str,
)
def test_every_filter_has_words_below_the_drawing(spec, told):
    assert filter_in_words(spec) == told
