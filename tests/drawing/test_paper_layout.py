"""Which lead stands where."""

from __future__ import annotations

import pytest

from einthoven.drawing.paper_layout import columns_start_together, settled_paper, strips_of
from einthoven.ecg.leads import LIMB_LEADS
from einthoven.errors import SignalError, SpecificationError
from fakes.ecg_records import fake_record


def _strips(record, layout="3x4", **options):
    return strips_of(record, settled_paper(record, layout=layout, **options))


def test_three_by_four_has_twelve_quarters_and_a_rhythm_strip():
    strips = _strips(fake_record())
    assert len(strips) == 13
    assert [s.lead for s in strips if s.row == 0] == ["I", "aVR", "V1", "V4"]
    assert [(s.at_s, s.from_s, s.length_s) for s in strips if s.row == 1][2] == (5.0, 5.0, 2.5)
    assert (strips[-1].lead, strips[-1].length_s) == ("II", 10)


def test_without_lead_two_another_lead_gives_the_rhythm():
    strips = _strips(fake_record(leads=("I", "V1", "V2", "V3", "V4")))
    assert strips[-1].lead == "V1"


def test_columns_without_a_recorded_lead_leave_their_place_to_the_others():
    strips = _strips(fake_record(leads=LIMB_LEADS))
    assert [s.lead for s in strips] == [*LIMB_LEADS, "II"]
    assert {s.length_s for s in strips[:-1]} == {5.0}


def test_eight_leads_keep_their_places_and_name_the_one_that_lacks():
    strips = _strips(fake_record(leads=("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")))
    assert [s.lead for s in strips[:-1]] == ["I", "II", "III", "V1", "V2", "V3", "V4", "V5", "V6"]


@pytest.mark.parametrize("leads", [("I",), ("I", "II"), ("I", "II", "V1", "V5")])
def test_one_to_four_leads_have_a_row_of_ten_seconds_each(leads):
    strips = _strips(fake_record(leads=leads))
    assert [s.lead for s in strips] == list(leads)
    assert {s.length_s for s in strips} == {10.0}


@pytest.mark.parametrize(("seconds", "together"), [(10, False), (9, False), (8, True), (1.2, True)])
def test_in_a_record_too_short_for_the_last_column_all_start_together(seconds, together):
    record = fake_record(seconds=seconds)
    assert columns_start_together(record, settled_paper(record, layout="3x4")) is together
    assert {s.from_s for s in _strips(record)} == ({0.0} if together else {0.0, 2.5, 5.0, 7.5})


def test_a_start_near_the_end_of_a_long_record_counts_as_short():
    assert {s.from_s for s in _strips(fake_record(seconds=60), start_s=57)} == {57.0}


def test_twelve_by_one_shows_recorded_leads_in_clinical_order():
    assert [s.lead for s in _strips(fake_record(leads=("V2", "I")), layout="12x1")] == ["I", "V2"]


@pytest.mark.parametrize(("layout", "shown_s"), [("12x1", 5.0), ("3x4", 10.0)])
def test_at_50_mm_per_second_rows_show_five_seconds_and_columns_still_two_and_a_half(layout, shown_s):
    assert settled_paper(fake_record(), layout=layout, speed_mm_s=50).shown_s == shown_s


def test_an_unknown_layout_is_refused():
    with pytest.raises(SpecificationError, match="3x4"):
        settled_paper(fake_record(), layout="6x2")


@pytest.mark.parametrize("scale", [{"speed_mm_s": 0.0}, {"gain_mm_mv": -1.0}, {"gain_mm_mv": float("nan")}])
def test_a_scale_that_is_not_positive_is_refused(scale):
    with pytest.raises(SpecificationError, match="positive"):
        settled_paper(fake_record(), layout="3x4", **scale)


@pytest.mark.parametrize("start_s", [10, -1, float("nan")])
def test_a_start_beyond_the_record_is_refused(start_s):
    with pytest.raises(SignalError, match="start_s"):
        settled_paper(fake_record(), layout="3x4", start_s=start_s)
