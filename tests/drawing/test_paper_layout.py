"""Which lead stands where."""

from __future__ import annotations

import pytest

from einthoven.drawing.paper_layout import strips_of
from einthoven.errors import SignalError, SpecificationError
from fakes.ecg_records import fake_record


def test_three_by_four_has_twelve_quarters_and_a_rhythm_strip():
    strips = strips_of(fake_record(), layout="3x4", start_s=0, shown_s=10)
    assert len(strips) == 13
    assert [s.lead for s in strips[:4]] == ["I", "aVR", "V1", "V4"]
    assert (strips[-1].lead, strips[-1].length_s) == ("II", 10)


def test_without_lead_two_another_lead_gives_the_rhythm():
    strips = strips_of(fake_record(leads=("I", "V1")), layout="3x4", start_s=0, shown_s=10)
    assert strips[-1].lead == "V1"


def test_twelve_by_one_shows_recorded_leads_in_clinical_order():
    strips = strips_of(fake_record(leads=("V2", "I")), layout="12x1", start_s=0, shown_s=10)
    assert [s.lead for s in strips] == ["I", "V2"]


def test_an_unknown_layout_is_refused():
    with pytest.raises(SpecificationError, match="3x4"):
        strips_of(fake_record(), layout="6x2", start_s=0, shown_s=10)


def test_a_start_beyond_the_record_is_refused():
    with pytest.raises(SignalError, match="start_s"):
        strips_of(fake_record(), layout="3x4", start_s=10, shown_s=10)
