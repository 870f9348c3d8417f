from __future__ import annotations

import numpy as np
import pytest
from lxml import etree

from einthoven.ecg.formats.aecg import series as module
from einthoven.ecg.formats.aecg.series import pieces_of
from einthoven.ecg.formats.xml_document import find
from einthoven.errors import UnitError
from fakes.aecg_files import aecg, lead, sequence_set, series


def _piece(*leads, **changes):
    document = etree.fromstring(aecg(series(sequence_set(leads, **changes))).encode())
    (piece,) = pieces_of(document.find("{*}component/{*}series"), where="a.xml")
    return piece


def test_digits_stay_as_they_are_stored():
    piece = _piece(lead("I", "\n 1 -2\t3\n", scale='value="2.5" unit="uV"', origin='value="10" unit="uV"'))
    assert piece.digits[0].dtype == np.int16
    assert piece.digits[0].tolist() == [1, -2, 3]
    assert (piece.step, piece.offset, piece.unit, piece.rate_hz) == ((2.5,), (10.0,), ("uV",), 500.0)


def test_large_digits_take_32_bits_and_decimals_are_allowed():
    piece = _piece(lead("I", "1 40000"), lead("II", "1.5 -2"))
    assert [digits.dtype for digits in piece.digits] == [np.int32, np.float64]
    assert piece.digits[1].tolist() == [1.5, -2]


def test_a_comment_inside_digits_ends_nothing():
    assert _piece(lead("I", "1 2 <!-- second row --> 3 4")).digits[0].tolist() == [1, 2, 3, 4]


def test_an_origin_in_another_unit_is_converted():
    piece = _piece(lead("I", "1", scale='value="5" unit="uV"', origin='value="0.1" unit="mV"'))
    assert piece.offset == (pytest.approx(100),)
    with pytest.raises(UnitError, match=r"a\.xml"):
        _piece(lead("I", "1", scale='value="5" unit="uV"', origin='value="0.1" unit="kg"'))


def test_integers_without_scale_have_a_unit_nobody_knows():
    piece = _piece(lead("I", "1 2", kind="SLIST_INT", scale='nullFlavor="NI"', origin='value="0"'))
    assert (piece.step, piece.unit) == ((1.0,), ("",))


def test_a_lead_with_a_null_value_is_left_out_and_a_set_without_any_too():
    empty = lead("II", "")
    assert _piece(lead("I", "1 2"), empty).names == ("MDC_ECG_LEAD_I",)
    document = etree.fromstring(aecg(series(sequence_set([empty]))).encode())
    assert pieces_of(document.find("{*}component/{*}series"), where="a.xml") == []


@pytest.mark.parametrize(
    ("increment", "unit", "rate"),
    [
        ("0.002", "s", 500),
        ("2", "ms", 500),
        ("2000", "us", 500),
        ("0.00277777777777778", "s", 360),
        ("3", "ms", 1000 / 3),
    ],
)
def test_the_increment_gives_the_rate(increment, unit, rate):
    times = ('TIME_ABSOLUTE"', f'<head value="{{head}}"/><increment value="{increment}" unit="{unit}"/>')
    piece = _piece(lead("I", "1 2"), time=times)
    assert piece.rate_hz == rate


def test_a_display_name_names_a_lead_without_code():
    named = lead("I", "1 2").replace('code="MDC_ECG_LEAD_I"', 'nullFlavor="OTH" displayName="Lead I"')
    assert _piece(named).names == ("Lead I",)


def test_a_series_of_many_tiny_sets_is_asked_for_its_time_once(monkeypatch):
    """Where the time lacks, looking for it passes all sets: for each set anew, that is quadratic."""
    asked = []
    monkeypatch.setattr(module, "find", lambda element, path: asked.append(path) or find(element, path))
    document = etree.fromstring(aecg(series(5 * sequence_set([lead("I", "1 2")]))).encode())
    assert len(pieces_of(document.find("{*}component/{*}series"), where="a.xml")) == 5
    assert asked.count("effectiveTime") == 1
