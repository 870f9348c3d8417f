"""Names resolve to what their table says, and a wrong one is answered with the nearest."""

from __future__ import annotations

import pytest

from einthoven.cohort.sources import SOURCES
from einthoven.ecg.formats import FORMATS
from einthoven.ecg.formats.writing import WRITERS
from einthoven.errors import UnknownNameError
from einthoven.models.architectures import ARCHITECTURES
from einthoven.registry import names, nearest, resolve
from einthoven.report.sections import SECTIONS

FAMILIES = {
    "formats": FORMATS,
    "writers": WRITERS,
    "sources": SOURCES,
    "architectures": ARCHITECTURES,
    "sections": SECTIONS,
}


@pytest.mark.parametrize(("family", "name"), [(family, name) for family, table in FAMILIES.items() for name in table])
def test_every_listed_member_can_be_loaded(family, name):
    """A table is text: nothing but this notices a typing error in it."""
    assert resolve(family, name, FAMILIES[family]) is not None


def test_unknown_name_suggests_the_nearest():
    """A typing error is answered with the right word."""
    with pytest.raises(UnknownNameError, match=r"formats has no 'wdfb'; did you mean 'wfdb'"):
        resolve("formats", "wdfb", FORMATS)


def test_far_name_lists_what_is_accepted():
    """Where nothing is near, everything is said."""
    assert nearest("xyz", ["heart", "lung"]) == "; accepted: heart, lung"
    assert names("formats", FORMATS) == sorted(FORMATS)
