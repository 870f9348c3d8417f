"""A file that doesn't name its leads asks which they are, and takes the answer."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.declared_leads import named_leads, with_declared_leads
from einthoven.ecg.formats.decoded import Channels, Decoded
from einthoven.errors import LeadError


def _decoded(*names):
    channels = Channels(
        digital=np.ones((len(names), 4), dtype="i2"),
        names=names,
        step=[1.0] * len(names),
        unit="uV",
        sampling_rate_hz=500,
    )
    return Decoded(rhythm=channels, median_beat=channels, notes=["a remark"])


@pytest.mark.parametrize("declared", ["V1, -,I", ["V1", "-", "I"]])
def test_declared_leads_replace_those_of_the_file(declared):
    named = with_declared_leads(_decoded("ECG", "", "x"), declared, where="rec")
    assert named.rhythm.names == named.median_beat.names == ["V1", "-", "I"]
    assert named.notes == ("a remark", "leads V1, -, I declared, the file says ECG, , x")
    assert named_leads(named.rhythm.names, where="rec").leads == ("I", "V1")


def test_nothing_declared_changes_nothing():
    decoded = _decoded("ECG")
    assert with_declared_leads(decoded, None, where="rec") is decoded


def test_a_file_that_names_its_leads_is_not_overruled():
    decoded = with_declared_leads(_decoded("II", "x"), "V1", where="rec")
    assert list(decoded.rhythm.names) == ["II", "x"]
    assert decoded.notes == ("a remark", "leads V1 declared but not needed, the file says II, x")


def test_a_wrong_number_is_refused_with_the_names_that_are_there():
    with pytest.raises(LeadError, match=r"rec holds 3 signals \(ECG, , x\), 1 leads are declared: name each"):
        with_declared_leads(_decoded("ECG", "", "x"), "II", where="rec")


def test_a_file_without_standard_leads_asks():
    with pytest.raises(LeadError, match=r"rec doesn't say which of the standard leads .* only x, y; if .*--leads II"):
        named_leads(["x", "y"], where="rec")
