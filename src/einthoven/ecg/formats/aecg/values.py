"""Quantities, points in time and intervals of HL7 version 3, null flavours included."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from lxml import etree

from einthoven.ecg.formats.patient_words import parse_timestamp
from einthoven.ecg.formats.xml_document import attribute, find

__all__ = ["SECONDS", "Interval", "interval", "quantity", "quoted_number", "seconds_between", "start_of"]

SECONDS = {
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "\N{MICRO SIGN}s": 1e-6,
    "\N{GREEK SMALL LETTER MU}s": 1e-6,
    "ns": 1e-9,
    "min": 60.0,
}


class Interval(NamedTuple):
    """What an ``IVL_TS`` says about start, end and middle; None where it doesn't."""

    low: datetime | None
    high: datetime | None
    center: datetime | None


def quoted_number(element: etree._Element | None) -> float | None:
    """Return the finite number in the attribute ``value``, None when there is none (a null flavour)."""
    try:
        value = float(attribute(element, "value"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def quantity(element: etree._Element | None, factors: Mapping[str, float]) -> float | None:
    """Return a quantity times the factor of its unit, None when it has no value or another unit."""
    value, factor = quoted_number(element), factors.get(attribute(element, "unit"))
    return None if value is None or factor is None else value * factor


def interval(element: etree._Element | None) -> Interval:
    """Return an interval of time; a bare ``value`` is its start."""
    bare = parse_timestamp(attribute(element, "value"))
    low, high, center = (
        parse_timestamp(attribute(find(element, name), "value")) if element is not None else None
        for name in ("low", "high", "center")
    )
    return Interval(low or bare, high, center)


def start_of(element: etree._Element | None, *, duration_s: float) -> datetime | None:
    """Return when an interval starts; the centre is what recorders write for the moment of recording."""
    stated = interval(element)
    if stated.low or stated.center:
        return stated.low or stated.center
    try:
        return stated.high - timedelta(seconds=duration_s) if stated.high else None
    except OverflowError:
        return None


def seconds_between(earlier: datetime, later: datetime) -> float:
    """Return seconds; a zone that only one of the two gives is left aside."""
    if (earlier.tzinfo is None) != (later.tzinfo is None):
        earlier, later = earlier.replace(tzinfo=None), later.replace(tzinfo=None)
    return (later - earlier).total_seconds()
