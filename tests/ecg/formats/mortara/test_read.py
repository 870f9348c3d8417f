from __future__ import annotations

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.mortara_el250 import MortaraEL250Parser

from einthoven.ecg.formats import read
from einthoven.ecg.formats.mortara.read import decode, recognises
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import LeadError, SignalError, UnitError, UnreadableFileError
from fakes.mortara_files import channel, cycle, write_mortara

DIGITAL = np.random.default_rng(5).integers(-900, 900, (12, 120))


def _channels(**other: object) -> str:
    return "".join(channel(lead, row, **other) for lead, row in zip(STANDARD_LEADS, DIGITAL, strict=True))


@pytest.mark.parametrize("units_per_mv", ["1000", "200", "400", "204.8"])
def test_samples_are_divided_by_the_units_per_millivolt_as_ecgdatakit_does(tmp_path, units_per_mv):
    path = write_mortara(tmp_path, _channels(units_per_mv=units_per_mv, rate="1000"))
    record = read(path)
    np.testing.assert_allclose(record.signal, DIGITAL / float(units_per_mv), rtol=1e-6)
    assert (record.sampling_rate_hz, record.provenance.original_unit) == (1000, "mV")
    assert decode(path.read_bytes(), where="f").rhythm.digital.dtype == np.int16
    theirs = MortaraEL250Parser().parse(path)
    assert [lead.label for lead in theirs.leads] == list(record.leads)
    for ours, lead in zip(record.signal, theirs.leads, strict=True):
        np.testing.assert_allclose(ours, np.asarray(lead.samples) * lead.resolution / 1000, rtol=1e-6)


def test_each_channel_has_its_own_units(tmp_path):
    channels = channel("I", DIGITAL[0], units_per_mv="500") + channel("II", DIGITAL[1], units_per_mv="250")
    record = read(write_mortara(tmp_path, channels))
    np.testing.assert_allclose(record.signal, DIGITAL[:2] / [[500], [250]], rtol=1e-6)


def test_the_typical_cycle_is_the_median_beat_as_in_ecgdatakit(tmp_path):
    path = write_mortara(tmp_path, _channels(), more=cycle(DIGITAL[:, :50], STANDARD_LEADS))
    beat = read(path).median_beat
    np.testing.assert_allclose(beat.signal, DIGITAL[:, :50] / 200, rtol=1e-6)
    assert (beat.leads, beat.sampling_rate_hz) == (STANDARD_LEADS, 250)
    theirs = MortaraEL250Parser().parse(path).median_beats
    np.testing.assert_allclose(
        beat.signal, [np.asarray(one.samples) * one.resolution / 1000 for one in theirs], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ('SAMPLE_FREQ="250"', "doesn't say its UNITS_PER_MV"),
        ('UNITS_PER_MV="200"', "SAMPLE_FREQ must be a number"),
        ('UNITS_PER_MV="200" SAMPLE_FREQ="250" DURATION="51"', "declares 51 samples"),
        ('UNITS_PER_MV="-1" SAMPLE_FREQ="250"', "UNITS_PER_MV -1"),
    ],
)
def test_a_beat_that_cannot_be_read_leaves_the_rhythm_and_a_note(tmp_path, attributes, reason):
    record = read(write_mortara(tmp_path, _channels(), more=cycle(DIGITAL[:, :50], STANDARD_LEADS, attributes)))
    assert record.median_beat is None
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)
    assert any("representative beat left out" in note and reason in note for note in record.provenance.notes)


def test_a_file_without_units_asks(tmp_path):
    with pytest.raises(UnitError, match=r"rec\.xml doesn't say its amplitude unit"):
        read(write_mortara(tmp_path, _channels(UNITS_PER_MV=None)))


def test_no_duration_is_needed(tmp_path):
    record = read(write_mortara(tmp_path, _channels(DURATION=None)))
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)


def test_one_offset_of_all_channels_is_noted_and_different_ones_are_refused(tmp_path):
    record = read(write_mortara(tmp_path, _channels(OFFSET="12")))
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)
    assert any("OFFSET 12 of all channels is not applied" in note for note in record.provenance.notes)
    with pytest.raises(SignalError, match=r"rec\.xml has channels of different OFFSET \(0, 1250\)"):
        read(write_mortara(tmp_path, channel("I", DIGITAL[0]) + channel("II", DIGITAL[1], OFFSET="1250")))


def test_samples_may_stand_in_the_element_itself(tmp_path):
    channels = _channels().replace(' DATA="', ">").replace('" />', "</CHANNEL>")
    record = read(write_mortara(tmp_path, channels))
    np.testing.assert_allclose(record.signal, DIGITAL * 0.001, atol=1e-6)


@pytest.mark.parametrize(
    ("channels", "error", "message"),
    [
        ("", SignalError, "0 elements CHANNEL"),
        (_channels(BITS="12"), UnreadableFileError, "BITS '12'; 16 is read"),
        (_channels(FORMAT="UNSIGNED"), UnreadableFileError, "FORMAT 'UNSIGNED'"),
        (_channels(ENCODING="HEX"), UnreadableFileError, "ENCODING 'HEX'"),
        (_channels(DATA="!!!!"), UnreadableFileError, "no valid base64"),
        (_channels(DATA="AAAA"), UnreadableFileError, "3 bytes of DATA"),
        (_channels(DATA=""), UnreadableFileError, "0 bytes of DATA"),
        (_channels(DATA="AAAA" * 40), UnreadableFileError, r"channel I .*declares 120 samples .*60 are there"),
        (_channels(DURATION="-120"), UnreadableFileError, "declares -120"),
        (_channels(DURATION="1e300"), UnreadableFileError, "declares 1e300"),
        (_channels(DURATION="x"), UnreadableFileError, "DURATION must be a number"),
        (_channels(rate="0"), SignalError, "sampling rate must be positive"),
        (_channels(rate="-500"), SignalError, "sampling rate must be positive"),
        (_channels(rate="inf"), UnreadableFileError, "SAMPLE_FREQ must be a number"),
        (_channels(units_per_mv="0"), UnitError, "must be positive"),
        (_channels(units_per_mv="x"), UnreadableFileError, "UNITS_PER_MV must be a number"),
        (channel("I", DIGITAL[0]) + channel("II", DIGITAL[1, :90]), SignalError, "channels of 90 to 120 samples"),
        (channel("I", DIGITAL[0]) + channel("II", DIGITAL[1], rate="250"), SignalError, "at 250, 500 Hz"),
        (channel("I", DIGITAL[0]) * 2, LeadError, "lead I twice"),
        (channel("I", [1]) * 300, SignalError, "300 elements CHANNEL"),
    ],
)
def test_impossible_channels_are_refused_by_name(tmp_path, channels, error, message):
    with pytest.raises(error, match=message) as refusal:
        read(write_mortara(tmp_path, channels))
    assert "rec.xml" in str(refusal.value)


def test_entities_are_never_expanded(tmp_path):
    path = write_mortara(tmp_path, _channels())
    for entity in ('<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY x "yyyy">'):
        path.write_text(path.read_text().replace("<ECG", f"<!DOCTYPE ECG [{entity}]><ECG", 1).replace("Doe", "&x;"))
        with pytest.raises(UnreadableFileError, match=r"rec\.xml declares XML entities"):
            read(path)


def test_an_ecg_element_of_somebody_else_is_not_recognised():
    assert recognises(b'<?xml version="1.0"?><!-- Generated by ELI Link --><ECG ACQUISITION_TIME="20210304">')
    assert recognises('<ECG><SUBJECT ID="1"/></ECG>'.encode("utf-16"))
    for head in (
        b"<ECG><Patient/></ECG>",
        b"<ecg ACQUISITION_TIME='1'>",
        b'<x><CHANNEL NAME="I"/></x>',
        b"ECG <CHANNEL ",
    ):
        assert not recognises(head)
    with pytest.raises(UnreadableFileError, match="element x"):
        decode(b"<x/>", where="f")
