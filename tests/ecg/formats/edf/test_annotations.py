from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.edf.annotations import read_annotations
from einthoven.ecg.formats.edf.header import parse_header
from einthoven.ecg.record import Annotation
from einthoven.errors import UnreadableFileError
from fakes.edf_files import onset, write_edf


def _read(folder, lists, **changes):
    changes = {"reserved": "EDF+C", "annotations": lists} | changes
    content = write_edf(folder / "a.edf", np.zeros((1, 20 * len(lists))), ["ECG I"], **changes).read_bytes()
    return read_annotations(content, parse_header(content, where="a.edf"), len(lists), where="a.edf")


def test_onsets_of_records_and_marks_from_the_first_sample(tmp_path):
    lists = [onset(0.25) + b"+0.5\x150.1\x14VEB\x14couplet\x14\0", onset(0.29) + b"+0.3\x14Pause\x14\0"]
    found = _read(tmp_path, lists)
    assert found.onsets_s == (0.25, 0.29)
    assert [(mark.label, round(mark.time_s, 9)) for mark in found.marks] == [
        ("Pause", 0.05),
        ("VEB", 0.25),
        ("couplet", 0.25),
    ]
    assert found.n_durations == 2


def test_a_mark_of_one_signal_names_its_lead(tmp_path):
    found = _read(tmp_path, [onset(0) + b"+1\x14noise@@ECG V3\x14\0+2\x14a@@b\x14\0"])
    assert found.marks == (Annotation(1.0, "noise", "V3"), Annotation(2.0, "a@@b", None))


def test_texts_are_utf_8(tmp_path):
    assert _read(tmp_path, [onset(0) + "+1\x14Stürz\x14\0".encode()]).marks[0].label == "Stürz"


def test_samples_of_24_bits_hold_the_same_lists(tmp_path):
    found = _read(tmp_path, [onset(0) + b"+1\x14a\x14\0"], bdf=True, reserved="BDF+C")
    assert found.marks == (Annotation(1.0, "a", None),)


def test_a_record_that_does_not_say_when_it_began_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"data record 2 \(byte \d+\) doesn't say when it began"):
        _read(tmp_path, [onset(0), b"garbage\x14"])


def test_a_file_that_is_not_plus_has_no_annotations(tmp_path):
    assert _read(tmp_path, [onset(0)], reserved="").onsets_s == ()
