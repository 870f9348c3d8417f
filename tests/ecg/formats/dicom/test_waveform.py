from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats.dicom.elements import DataSetReader
from einthoven.ecg.formats.dicom.waveform import read_group
from einthoven.errors import SignalError, UnreadableFileError
from fakes.dicom_files import BIG_ENDIAN, EXPLICIT, SAMPLES, group, packed
from fakes.wfdb_files import STANDARD, fake_digital


def read_one(digital, leads=STANDARD, syntax=EXPLICIT, **options):
    content = packed(group(digital, leads, syntax, **options), syntax)
    reader = DataSetReader(content, explicit=True, little_endian=syntax.order == "<", where="x")
    return read_group(reader.data_set(0, len(content))[0], 1, where="rec.dcm")


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG_ENDIAN])
@pytest.mark.parametrize(("interpretation", "bits"), SAMPLES)
def test_linear_samples_of_all_sizes_are_read(syntax, interpretation, bits):
    low, high = (-(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1) if interpretation[0] == "S" else (1, 2**bits - 1)
    digital = np.random.default_rng(1).integers(low, high, (12, 51))
    made = read_one(digital, syntax=syntax, bits=bits, interpretation=interpretation)
    np.testing.assert_array_equal(made.digital, digital)
    assert made.digital.dtype.isnative
    assert made.digital.dtype.itemsize * 8 == bits
    assert made.notes == ()


@pytest.mark.parametrize(("interpretation", "bits"), [("MB", 8), ("AB", 8), ("SS", 12), ("XX", 16), ("SS", 8)])
def test_other_samples_are_refused_with_what_is_read(interpretation, bits):
    with pytest.raises(
        UnreadableFileError, match=f"samples of {bits} bits, interpretation '{interpretation}'; read are 8"
    ):
        read_one(fake_digital(top=100), bits=bits, interpretation=interpretation)


def test_a_missing_interpretation_is_the_usual_one():
    assert read_one(fake_digital(), more=[(0x54001006, "CS", "")]).digital.min() < 0


def test_scale_unit_skew_and_filters_are_those_of_each_channel():
    of_channels = [
        (0x003A0212, "DS", "1.5"),
        (0x003A0213, "DS", "-20"),
        (0x003A0214, "DS", "0.004"),
        (0x003A0222, "DS", "50"),
    ]
    made = read_one(fake_digital(), sensitivity="2.5", unit="mV", of_channels=of_channels)
    first = made.channels[0]
    assert (first.name, first.step, first.offset, first.unit, first.skew_s) == ("I", 3.75, -20, "mV", 0.004)
    assert first.filters == ("notch 50 Hz",)
    assert made.notes == ("group 1 (RHYTHM): channels were sampled up to 4 ms apart, not corrected",)
    channels = made.as_channels()
    assert channels.step[0] == 3.75
    assert channels.offset[0] == -20


def test_without_sensitivity_there_is_no_unit():
    bare = read_one(fake_digital(), sensitivity="")
    assert (bare.channels[0].step, bare.channels[0].unit) == (1.0, "")
    unit_only = read_one(fake_digital(), unit="")
    assert unit_only.channels[0].unit == ""


def test_padding_is_absent():
    digital = fake_digital()
    digital[3, 7] = -32768
    made = read_one(digital, padding=-32768)
    assert np.argwhere(made.absent).tolist() == [[3, 7]]


def test_bytes_after_the_samples_are_noted_but_not_the_one_that_makes_the_length_even():
    assert read_one(fake_digital(3, 5, top=100), STANDARD[:3], bits=8, interpretation="SB").notes == ()
    made = read_one(fake_digital(), more=[(0x003A0010, "UL", 49)])
    assert made.notes == ("group 1 (RHYTHM): 24 bytes after the declared samples are left out",)
    assert made.digital.shape == (12, 49)


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ((0x003A0005, "US", 0), SignalError, "declares 0 channels of 50 samples"),
        ((0x003A0005, "US", 300), SignalError, "declares 300 channels"),
        ((0x003A0010, "UL", 0), SignalError, "declares 12 channels of 0 samples"),
        ((0x003A0010, "UL", 51), UnreadableFileError, "12 x 51 samples of 16 bits, 1224 bytes, and holds 1200"),
        ((0x003A001A, "DS", "0"), SignalError, "sampling frequency '0', not above 0"),
        ((0x003A001A, "DS", "fast"), SignalError, "sampling frequency 'fast'"),
        ((0x003A0005, "US", 11), UnreadableFileError, "has 11 channels and defines 12"),
        ((0x54001010, "OW", b""), UnreadableFileError, "and holds 0"),
    ],
)
def test_contradictions_are_refused_by_name(more, error, message):
    with pytest.raises(error, match=rf"rec\.dcm.*{message}"):
        read_one(fake_digital(), more=[more])
