from __future__ import annotations

import pytest

from einthoven.ecg.formats.scp.beats import beats
from einthoven.ecg.formats.scp.sections import Section
from einthoven.errors import UnreadableFileError
from fakes.effort import little_work
from fakes.scp_files import beats_body

COMPLEXES = [(0, 10, 20, 30), (1, 40, 50, 4_000_000_000)]
ZONES = [(12, 28), (42, 58)]


def _beats(body, *, protocol=20, needed=True):
    return beats(Section(4, 600, body, "rec.scp"), protocol=protocol, needed=needed)


def test_complexes_and_protected_zones_are_read():
    found = _beats(beats_body(1200, 220, COMPLEXES, ZONES))
    assert (found.beat_ms, found.beat_fiducial) == (1200, 220)
    assert found.kind.tolist() == [0, 1]
    assert found.first.tolist() == [10, 40]
    assert found.fiducial.tolist() == [20, 50]
    assert found.last.tolist() == [30, 4_000_000_000]
    assert found.protected.tolist() == [list(zone) for zone in ZONES]


@pytest.mark.parametrize("protocol", [10, 11])
def test_before_version_1_2_the_zones_of_subtraction_are_the_protected_ones(protocol):
    found = _beats(beats_body(1200, 220, COMPLEXES, ZONES), protocol=protocol)
    assert found.protected.tolist() == [[10, 30], [40, 4_000_000_000]]


def test_without_protected_zones_those_of_subtraction_count():
    assert _beats(beats_body(1200, 220, COMPLEXES)).protected.tolist() == [[10, 30], [40, 4_000_000_000]]


def test_no_complexes_are_no_error():
    assert _beats(beats_body(1198, 0, [])).kind.size == 0


@pytest.mark.parametrize("body", [beats_body(1, 1, COMPLEXES)[:-3], beats_body(1, 1, COMPLEXES, ZONES)[:-3]])
def test_a_section_that_is_cut_short_is_refused_only_where_it_is_needed(body):
    with pytest.raises(UnreadableFileError, match=r"rec.scp: section 4 ends before"):
        _beats(body)
    assert len(_beats(body, needed=False).protected) == 0


def test_more_complexes_than_there_are_bytes_take_no_memory():
    with little_work(), pytest.raises(UnreadableFileError, match="ends before the 917490 bytes"):
        _beats(b"\x01\0\x01\0\xff\xff" + bytes(50))
