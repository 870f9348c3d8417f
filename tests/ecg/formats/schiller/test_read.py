from __future__ import annotations

import re

import numpy as np
import pytest

from einthoven.ecg.formats import read
from einthoven.ecg.formats.schiller.read import decode, recognises
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import LeadError, SignalError, UnitError, UnreadableFileError
from fakes.schiller_files import block, write_schiller

DIGITAL = np.random.default_rng(5).integers(-900, 900, (12, 120))
UPPER = [lead.upper() for lead in STANDARD_LEADS]
REAL = "formats/cardiosoft_or_other_xml/schiller_sample.xml"


def _rhythm(**changes) -> str:
    return block("ECG_RHYTHMS", DIGITAL, UPPER, **changes)


def test_the_recording_is_the_rhythm_and_the_averages_are_the_beat(tmp_path):
    averages = block("ECG_AVERAGES", DIGITAL[:, :40] + 7, UPPER, rate="1000")
    record = read(write_schiller(tmp_path, averages + _rhythm()))
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)
    np.testing.assert_allclose(record.median_beat.signal, (DIGITAL[:, :40] + 7) * 0.001, atol=1e-6)
    assert (record.sampling_rate_hz, record.median_beat.sampling_rate_hz) == (500, 1000)
    assert record.provenance.original_unit == "UV"


def test_samples_stay_the_integers_of_the_file(tmp_path):
    path = write_schiller(tmp_path, _rhythm(worth="2.5"))
    rhythm = decode(path.read_bytes(), where="f").rhythm
    np.testing.assert_array_equal(rhythm.digital, DIGITAL)
    assert (rhythm.digital.dtype, rhythm.step[0]) == (np.int16, 2.5)
    wide = write_schiller(tmp_path, block("ECG_RHYTHMS", DIGITAL * 100, UPPER))
    np.testing.assert_array_equal(decode(wide.read_bytes(), where="f").rhythm.digital, DIGITAL * 100)
    halves = write_schiller(tmp_path, block("ECG_RHYTHMS", DIGITAL / 2, UPPER))
    np.testing.assert_array_equal(decode(halves.read_bytes(), where="f").rhythm.digital, DIGITAL / 2)


@pytest.mark.parametrize(
    ("units", "worth", "mv"), [("UV", "5", 0.005), ("MV", "0.002", 0.002), ("NV", "4880", 0.00488)]
)
def test_units_and_what_one_bit_is_worth_are_obeyed(tmp_path, units, worth, mv):
    record = read(write_schiller(tmp_path, _rhythm(units=units, worth=worth)))
    np.testing.assert_allclose(record.signal, DIGITAL * mv, rtol=1e-6)


def test_a_file_without_unit_asks(tmp_path):
    for changes in ({"units": ""}, {"worth": ""}):
        with pytest.raises(UnitError, match=r"rec\.xml doesn't say its amplitude unit"):
            read(write_schiller(tmp_path, _rhythm(**changes)))


@pytest.mark.parametrize(
    ("blocks", "error", "message"),
    [
        ("", SignalError, "holds no recording .*only patient and device"),
        (block("ECG_AVERAGES", DIGITAL, UPPER), SignalError, "only ECG_AVERAGES"),
        (_rhythm(exponent="2"), SignalError, "with exponent 2"),
        (_rhythm(rate="x"), UnreadableFileError, "samplerate/value must be a number"),
        (_rhythm(rate="-500"), SignalError, "sampling rate must be positive"),
        (_rhythm(rate="0"), SignalError, "sampling rate must be positive"),
        (_rhythm(worth="0"), UnitError, "worth a number other than 0"),
        (_rhythm(worth="1e999"), UnreadableFileError, "unitperbit"),
        (_rhythm(counts=[*[120] * 11, 121]), UnreadableFileError, r"channel V6 .*declares 121 samples, 120 are there"),
        (_rhythm(counts=[-1] * 12), UnreadableFileError, "declares -1"),
        (_rhythm(counts=[10**15] * 12), UnreadableFileError, "declares 1000000000000000"),
        (_rhythm().replace("COMMASEPARATE", "BASE64"), UnreadableFileError, "type 'BASE64'"),
        (block("ECG_RHYTHMS", np.full((12, 60), np.nan), UPPER), UnreadableFileError, "something else than numbers"),
        (block("ECG_RHYTHMS", np.zeros((12, 0), int), UPPER), SignalError, "no samples"),
        (block("ECG_RHYTHMS", DIGITAL[:0], []), SignalError, "0 channels"),
        (block("ECG_RHYTHMS", DIGITAL[:2], ["I", "i"]), LeadError, "lead I twice"),
        (block("ECG_RHYTHMS", np.zeros((300, 3), int), ["I"] * 300), SignalError, "300 channels"),
    ],
)
def test_impossible_blocks_are_refused_by_name(tmp_path, blocks, error, message):
    with pytest.raises(error, match=message) as refusal:
        read(write_schiller(tmp_path, blocks))
    assert "rec.xml" in str(refusal.value)


def test_channels_of_different_lengths_are_refused(tmp_path):
    path = write_schiller(tmp_path, _rhythm())
    text = path.read_text()
    first = re.search("<data>(.*?)</data>", text)[1]
    path.write_text(text.replace(first, first + "1,", 1).replace("<samplecount>120", "<samplecount>121", 1))
    with pytest.raises(SignalError, match="channels of 120 to 121 samples"):
        read(path)


def test_damaged_averages_leave_the_rhythm_and_a_note(tmp_path):
    averages = block("ECG_AVERAGES", DIGITAL[:, :40], UPPER, counts=[41] * 12)
    record = read(write_schiller(tmp_path, averages + _rhythm()))
    assert record.median_beat is None
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)
    assert any("representative beat left out" in note for note in record.provenance.notes)


def test_further_recordings_are_counted_in_a_note(tmp_path):
    more = "</event><event>" + block("ECG_RHYTHMS", DIGITAL + 1, UPPER)
    record = read(write_schiller(tmp_path, _rhythm() + more))
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)
    assert "1 further recordings are left out" in record.provenance.notes


def test_entities_are_never_expanded(tmp_path):
    path = write_schiller(tmp_path, _rhythm())
    path.write_text(path.read_text().replace("<com.", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><com.', 1))
    with pytest.raises(UnreadableFileError, match=r"rec\.xml declares XML entities"):
        read(path)


def test_only_the_root_element_of_schiller_is_recognised():
    assert recognises(b'<?xml version="1.0"?>\n<com.xiriuz.sema.xml.schillerEDI.SchillerEDI>')
    for head in (b"<schillerEDI>", b"<restingecgdata>", b"SchillerEDI", b"<!-- <a.SchillerEDI> --><x>"):
        assert not recognises(head)
    with pytest.raises(UnreadableFileError, match="element x"):
        decode(b"<x/>", where="f")


@pytest.mark.real_data
def test_the_real_file_equals_its_own_text(real_data):
    text = (real_data / REAL).read_text()
    record = read(real_data / REAL)
    beats, rhythm = text.split("<type>ECG_RHYTHMS</type>")
    for part, signal in ((rhythm, record.signal), (beats, record.median_beat.signal)):
        rows = {
            name.upper(): [int(word) for word in data.strip().rstrip(",").split(",")]
            for name, data in re.findall(r"<name>(\w+)</name>\s*<data>([^<]*)</data>", part)
        }
        assert len(rows) == 12
        expected = np.array([rows[lead.upper()] for lead in record.leads])
        np.testing.assert_array_equal(np.rint(signal * 1000), expected)
        np.testing.assert_allclose(signal, expected / 1000, rtol=1e-6)
    assert record.signal.shape == (12, 5000)
    assert record.median_beat.signal.shape == (12, 500)
    assert record.leads == STANDARD_LEADS
    one, two, three = record.signal[:3]
    np.testing.assert_allclose(one + three, two, atol=1e-6)
    assert record.provenance.original_step_mv == pytest.approx([0.001] * 12)
    assert record.provenance.device_filters == ("notch 50 Hz", "high-pass 0.05 Hz", "low-pass 150 Hz")
