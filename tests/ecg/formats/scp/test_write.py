from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.scp_ecg import SCPECGParser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.scp.write import encode
from einthoven.ecg.formats.writing import write
from einthoven.ecg.leads import LEAD_SETS, STANDARD_LEADS
from einthoven.ecg.record import MedianBeat, Provenance
from einthoven.errors import SignalError, UnitError
from fakes.scp_files import crc
from fakes.written_records import full_record, record_of


def _by_ecgdatakit(path: Path):
    return SCPECGParser().parse(path)


def _millivolts(lead) -> np.ndarray:
    return lead.samples * lead.resolution / 1000


@pytest.mark.parametrize("leads", [STANDARD_LEADS, LEAD_SETS["8"], ("II",), ("V6", "I", "aVR")])
@pytest.mark.parametrize("n_samples", [700, 701])
def test_another_reader_gives_the_same_samples_to_half_a_step(tmp_path, leads, n_samples):
    signal = np.random.default_rng(1).uniform(-3, 3, (len(leads), n_samples))
    record = record_of(signal, leads)
    [path] = write(record, tmp_path / "rec.scp")
    theirs = _by_ecgdatakit(path)
    assert theirs.raw_metadata["checksum_valid"]
    assert [lead.label for lead in theirs.leads] == list(leads)
    for lead, row in zip(theirs.leads, record.signal, strict=True):
        np.testing.assert_allclose(_millivolts(lead), row, atol=lead.resolution / 2000 + 1e-6)
        assert lead.sampling_rate == 500
        assert lead.resolution < 0.1  # uV


def test_all_that_the_format_has_a_place_for_is_read_by_another_reader(tmp_path):
    provenance = Provenance(
        "x", "1", leads_stored=STANDARD_LEADS, device_filters=("high-pass 0.05 Hz", "low-pass 150 Hz", "notch 50 Hz")
    )
    [path] = write(full_record(provenance=provenance), tmp_path / "rec.scp")
    theirs = _by_ecgdatakit(path)
    assert (theirs.patient.patient_id, theirs.patient.age, theirs.patient.sex) == ("P-0815", 61, "F")
    assert theirs.recording.date.isoformat() == "2021-03-04T05:06:07+00:00"
    assert theirs.recording.device.manufacturer == "Maker Model 12"
    filters = theirs.recording.acquisition.filters
    assert (filters.highpass, filters.lowpass, filters.notch) == (0.05, 150, 50)
    assert [text for text, _ in theirs.interpretation.statements] == ["Sinus rhythm", "Left axis deviation"]
    assert (theirs.measurements.heart_rate, theirs.measurements.qrs_axis) == (71, -20)


def test_every_checksum_is_right_and_every_section_even():
    content = encode(full_record(), Path("rec.scp"))["rec.scp"]
    assert struct.unpack_from("<HI", content) == (crc(content[2:]), len(content))
    (length,) = struct.unpack_from("<I", content, 10)
    assert struct.unpack_from("<H", content, 6)[0] == crc(content[8 : 6 + length])
    numbers = []
    for at in range(22, 6 + length, 10):
        number, size, index = struct.unpack_from("<HII", content, at)
        assert size % 2 == 0
        if size:
            numbers.append(number)
            section = content[index - 1 : index - 1 + size]
            assert struct.unpack_from("<HHI", section) == (crc(section[2:]), number, size)
    assert numbers == [0, 1, 3, 6, 7, 8]


def test_the_representative_beat_is_written_where_it_fits_the_recording(tmp_path):
    beat = np.random.default_rng(4).uniform(-2, 2, (12, 300)).astype(np.float32)
    [path] = write(record_of(median_beat=MedianBeat(beat, STANDARD_LEADS, 500.0)), tmp_path / "rec.scp")
    again = read(RecordLocation("rec", str(path), "scp", {})).median_beat
    np.testing.assert_allclose(again.signal, beat, atol=2.1 / 32767)
    for lead, row in zip(_by_ecgdatakit(path).median_beats, beat, strict=True):
        np.testing.assert_allclose(_millivolts(lead), row, atol=2.1 / 32767)


@pytest.mark.parametrize(
    "beat",
    [
        MedianBeat(np.zeros((8, 300), np.float32), LEAD_SETS["8"], 500.0),
        MedianBeat(np.zeros((12, 301), np.float32), STANDARD_LEADS, 400.0),
        MedianBeat(np.zeros((12, 300), np.float32), STANDARD_LEADS, 360.0),
        MedianBeat(np.full((12, 300), np.nan, np.float32), STANDARD_LEADS, 500.0),
    ],
)
def test_a_representative_beat_that_does_not_fit_is_left_out(tmp_path, beat):
    [path] = write(record_of(median_beat=beat), tmp_path / "rec.scp")
    assert read(RecordLocation("rec", str(path), "scp", {})).median_beat is None


def test_a_representative_beat_is_left_out_where_section_7_would_invent_its_onsets(tmp_path):
    beat = MedianBeat(np.zeros((12, 300), np.float32), STANDARD_LEADS, 500.0)
    intervals = {"pr_ms": 160.0, "qrs_ms": 92.0, "qt_ms": 400.0}
    [path] = write(record_of(median_beat=beat, measurements=intervals), tmp_path / "rec.scp")
    again = read(path)
    assert (again.median_beat, again.measurements) == (None, intervals)
    [path] = write(record_of(median_beat=beat, measurements={**intervals, "qrs_onset_ms": 300.0}), path)
    again = read(path)
    assert again.median_beat is not None
    assert again.measurements["p_onset_ms"] == 140.0


def test_more_samples_than_16_bits_can_count_are_refused(tmp_path):
    write(record_of(np.zeros((1, 32767)), ("I",)), tmp_path / "rec.scp")
    with pytest.raises(
        SignalError, match="rec has 32,768 samples a lead, uncompressed SCP-ECG can hold 32,767: write WFDB"
    ):
        encode(record_of(np.zeros((1, 32768)), ("I",)), Path("rec.scp"))


@pytest.mark.parametrize(("rate", "again"), [(500.0, 500.0), (360.0, 1e6 / 2778), (300.0, 1e6 / 3333), (16.0, 16.0)])
def test_rates_are_kept_to_one_in_ten_thousand(tmp_path, rate, again):
    [path] = write(record_of(rate=rate), tmp_path / "rec.scp")
    assert read(RecordLocation("rec", str(path), "scp", {})).sampling_rate_hz == pytest.approx(again, rel=1e-9)


@pytest.mark.parametrize("rate", [1200.0, 2300.0, 10.0])
def test_rates_that_microseconds_would_change_are_refused(rate):
    with pytest.raises(SignalError, match="SCP-ECG has whole microseconds up to 65,535: resample"):
        encode(record_of(rate=rate), Path("rec.scp"))


def test_amplitudes_beyond_any_step_are_refused():
    with pytest.raises(UnitError, match="needs steps of 91,556 nV, SCP-ECG has at most 65,535: check its unit"):
        encode(record_of(np.array([[3000.0, -3000.0]]), ("I",)), Path("rec.scp"))


@pytest.mark.real_data
def test_real_recordings_of_ptb_xl_come_back_without_loss_by_both_readers(real_data, tmp_path):
    for header in sorted((real_data / "ptb_xl/records500").rglob("*.hea"))[:5]:
        record = read(RecordLocation("x", str(header), "wfdb", {}))
        [path] = write(record, tmp_path / f"{header.stem}.scp")
        again = read(RecordLocation("x", str(path), "scp", {}))
        np.testing.assert_array_equal(again.signal, record.signal)
        theirs = {lead.label: lead for lead in _by_ecgdatakit(path).leads}
        for lead, row in zip(record.leads, record.signal, strict=True):
            np.testing.assert_allclose(_millivolts(theirs[lead]), row, atol=1e-6)
