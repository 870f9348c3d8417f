from __future__ import annotations

import os

from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.named_apart import in_natural_order, named_apart


def _at(*paths):
    return [RecordLocation(path.rpartition("/")[2].rpartition(".")[0], f"/in/{path}", "toy") for path in paths]


def test_numbers_sort_by_value():
    names = [location.record_id for location in in_natural_order(_at("rec10.x", "rec9.x", "rec1.x"))]
    assert names == ["rec1", "rec9", "rec10"]


def test_shared_names_become_paths_and_keep_the_suffix_only_where_needed(tmp_path):
    found = named_apart(_at("a/rec.x", "b/rec.x", "b/rec.y", "alone.x"), type(tmp_path)("/in"))
    assert [location.record_id for location in found] == ["a/rec", "b/rec.x", "b/rec.y", "alone"]


def test_rows_of_arrays_keep_their_number(tmp_path):
    rows = [
        RecordLocation(f"rec_{row}", f"/in/{folder}/rec.npy", "array", {"row": row})
        for folder in "ab"
        for row in (0, 1)
    ]
    found = named_apart(rows, type(tmp_path)("/in"))
    assert [location.record_id for location in found] == ["a/rec_0", "a/rec_1", "b/rec_0", "b/rec_1"]


def test_bytes_of_a_name_that_are_no_text_are_spelled_out(tmp_path):
    path = os.fsdecode(b"bad\xffbyte.xml")
    named = named_apart([RecordLocation("bad\udcffbyte", f"{tmp_path}/{path}", "muse")], tmp_path)
    assert named[0].record_id == "bad\\udcffbyte"
    assert os.fsencode(named[0].path).endswith(b"bad\xffbyte.xml")
