"""Signals of MUSE exports: what is checked, refused and noted."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import pytest

from einthoven.ecg.formats.muse import read as muse
from einthoven.errors import ChecksumError, SignalError, UnreadableFileError
from fakes.muse_files import element, lead_xml, muse_xml, waveform_xml


def decoded(*waveforms: str):
    return muse.decode(muse_xml(*waveforms), where="rec.xml")


def test_samples_are_kept_as_stored():
    rhythm = decoded(waveform_xml("Rhythm", [lead_xml("V1", [1, -2, 32767, -32768], per_bit="4.88")])).rhythm
    assert rhythm.digital.dtype == np.int16
    assert rhythm.digital.tolist() == [[1, -2, 32767, -32768]]
    assert (list(rhythm.names), list(rhythm.step), list(rhythm.unit)) == (["V1"], [4.88], ["MICROVOLTS"])


@pytest.mark.parametrize(("base", "exponent", "rate"), [("500", "0", 500), ("25", "1", 250), ("2500", "-1", 250)])
def test_the_rate_is_base_times_ten_to_the_exponent(base, exponent, rate):
    assert (
        decoded(waveform_xml("Rhythm", [lead_xml("I", [1])], base=base, exponent=exponent)).rhythm.sampling_rate_hz
        == rate
    )


@pytest.mark.parametrize(("size", "code"), [("1", "b"), ("4", "i")])
def test_samples_of_other_sizes_are_read(size, code):
    content = struct.pack(f"<3{code}", -100, 0, 100)
    changes = {
        "LeadSampleSize": size,
        "LeadByteCountTotal": str(len(content)),
        "LeadDataCRC32": str(zlib.crc32(content)),
        "WaveFormData": base64.b64encode(content).decode(),
    }
    assert decoded(waveform_xml("Rhythm", [lead_xml("I", [0, 0, 0], **changes)])).rhythm.digital.tolist() == [
        [-100, 0, 100]
    ]


def test_a_changed_sample_is_found_by_its_checksum():
    with pytest.raises(ChecksumError, match=r"rec\.xml: samples of lead II \(line \d+\) differ from LeadDataCRC32"):
        decoded(waveform_xml("Rhythm", [lead_xml("I", [1, 2]), lead_xml("II", [1, 2], LeadDataCRC32="77")]))


@pytest.mark.parametrize("crc", ["", "0", "none"])
def test_a_file_without_checksum_is_read(crc):
    assert decoded(waveform_xml("Rhythm", [lead_xml("I", [1, 2], LeadDataCRC32=crc)])).notes == ()


def test_a_checksum_may_be_written_as_a_signed_number():
    crc = zlib.crc32(struct.pack("<2h", 3, 4)) - (1 << 32)
    assert decoded(waveform_xml("Rhythm", [lead_xml("I", [3, 4], LeadDataCRC32=str(crc))])).rhythm.digital.size == 2


@pytest.mark.parametrize("tag", ["LeadSampleCountTotal", "LeadByteCountTotal"])
def test_fewer_samples_than_declared_are_refused_and_more_are_noted(tag):
    with pytest.raises(UnreadableFileError, match=rf"rec\.xml: lead I \(line \d+\) holds \d, {tag} is 5000"):
        decoded(waveform_xml("Rhythm", [lead_xml("I", [1, 2], **{tag: "5000"})]))
    (note,) = decoded(waveform_xml("Rhythm", [lead_xml("I", [1, 2], **{tag: "1"})])).notes
    assert note.startswith(f"{tag} of lead I")


def test_leads_of_unequal_length_are_refused():
    with pytest.raises(SignalError, match=r"rec\.xml: leads differ in length \(I 2, II 3 samples\)"):
        decoded(waveform_xml("Rhythm", [lead_xml("I", [1, 2]), lead_xml("II", [1, 2, 3])]))


def test_a_file_with_nothing_but_a_median_beat_is_refused():
    with pytest.raises(SignalError, match=r"rec\.xml holds no rhythm strip \(waveforms: median\)"):
        decoded(waveform_xml("Median", [lead_xml("I", [1, 2])]))


def test_the_first_of_several_rhythm_strips_is_read_and_the_others_are_noted():
    strips = [waveform_xml("Rhythm", [lead_xml("I", [k, k])]) for k in (1, 2)]
    found = decoded(*strips)
    assert found.rhythm.digital.tolist() == [[1, 1]]
    assert found.notes == ("2 rhythm strips, the first is read",)


def test_what_the_recorder_says_about_a_lead_is_noted():
    lead = lead_xml("V3", [1], LeadOff="TRUE", MuscleNoise="TRUE", FirstSampleBaseline="12", LeadOffsetFirstSample="3")
    assert decoded(waveform_xml("Rhythm", [lead], NumberofLeads="8")).notes == (
        "electrode off in lead V3",
        "muscle noise in lead V3",
        "LeadOffsetFirstSample of lead V3 is 3, not applied",
        "FirstSampleBaseline of lead V3 is 12, not applied",
        "8 leads declared, 1 held",
    )


@pytest.mark.parametrize(
    ("changes", "filters"),
    [
        ({"HighPassFilter": "5", "LowPassFilter": "40", "ACFilter": "NONE"}, ("high-pass 0.05 Hz", "low-pass 40 Hz")),
        ({"HighPassFilter": "0.56", "LowPassFilter": "", "ACFilter": "50"}, ("high-pass 0.56 Hz", "notch 50 Hz")),
        ({"HighPassFilter": "X", "LowPassFilter": "nan", "ACFilter": ""}, ()),
    ],
)
def test_filters_are_told_in_hertz(changes, filters):
    assert decoded(waveform_xml("Rhythm", [lead_xml("I", [1])], **changes)).device_filters == filters


def test_a_waveform_without_type_is_a_rhythm_strip():
    plain = element("Waveform", element("SampleBase", "500") + lead_xml("I", [7]))
    assert decoded(plain).rhythm.digital.tolist() == [[7]]
