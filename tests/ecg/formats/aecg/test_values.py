from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from einthoven.ecg.formats.aecg.values import SECONDS, interval, quantity, quoted_number, seconds_between, start_of


def _element(text):
    return etree.fromstring(text)


@pytest.mark.parametrize(
    "attributes", ["", 'nullFlavor="UNK"', 'value=""', 'value="two"', 'value="NaN"', 'value="1e999"']
)
def test_null_flavours_and_words_are_no_numbers(attributes):
    assert quoted_number(_element(f"<value {attributes}/>")) is None
    assert quoted_number(None) is None


def test_a_quantity_comes_in_its_unit_only():
    assert quantity(_element('<low value="250" unit="ms"/>'), SECONDS) == 0.25
    assert quantity(_element('<low value="250" unit="mV"/>'), SECONDS) is None


def test_a_bare_value_is_the_start_of_an_interval():
    moment = datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001 - naive is meant
    assert interval(_element('<t value="20200102030405"/>')).low == moment
    assert interval(_element('<t><low nullFlavor="NI"/><high value="20200102030405"/></t>')) == (None, moment, None)
    assert interval(None) == (None, None, None)


def test_an_end_alone_gives_the_start():
    ended = _element('<t><high value="20200102030405"/></t>')
    assert start_of(ended, duration_s=5) == datetime(2020, 1, 2, 3, 4)  # noqa: DTZ001 - naive is meant
    assert start_of(_element('<t><high value="00010101000000"/></t>'), duration_s=1e9) is None


def test_a_zone_that_only_one_time_has_is_left_aside():
    naive, aware = datetime(2020, 1, 1, 12), datetime(2020, 1, 1, 13, tzinfo=UTC)  # noqa: DTZ001 - naive is meant
    assert seconds_between(naive, aware) == 3600
