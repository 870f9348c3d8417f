from __future__ import annotations

import contextlib
import warnings

import numpy as np
import pytest
from ecgdatakit.parsing import FileParser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.mfer.read import FORMAT
from einthoven.errors import EinthovenError, LeadError, SignalError, UnitError, UnreadableFileError
from fakes.effort import little_work
from fakes.mfer_files import CODES, END, FAKES, MferWriter, definition
from fakes.wfdb_files import STANDARD, fake_digital

LITTLE = MferWriter(little=True)
DIGITAL = fake_digital(2, 50)


def _write(folder, *parts: bytes):
    path = folder / "a.mwf"
    path.write_bytes(b"".join(parts))
    return path


def _head(leads=("I", "II")) -> bytes:
    return LITTLE.preamble() + LITTLE.sampling() + LITTLE.leads(leads)


@pytest.mark.parametrize("name", FAKES)
def test_everything_equals_what_ecgdatakit_finds(tmp_path, name):
    location = FAKES[name](tmp_path, fake_digital(12, 400) / 1000, STANDARD)
    record = read(location)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = FileParser().parse(location.path)
    assert record.leads == tuple(lead.label for lead in theirs.leads)
    for row, lead in zip(record.signal, theirs.leads, strict=True):
        np.testing.assert_allclose(row, lead.samples * (1e-3 if lead.units == "uV" else 1), atol=1e-6)
    assert record.time == theirs.recording.date
    assert (record.patient_id, record.sex) == (theirs.patient.patient_id, theirs.patient.sex) == ("P-17", "F")
    assert record.device == f"{theirs.recording.device.manufacturer} {theirs.recording.device.model}"
    assert int(record.age_years) == theirs.patient.age == 70
    filters = theirs.recording.acquisition.filters
    assert record.provenance.device_filters == (f"high-pass {filters.highpass:g} Hz", f"notch {filters.notch:g} Hz")
    assert record.provenance.notes == ()


def test_every_direct_identifier_is_told(tmp_path):
    location = FAKES["little"](tmp_path, fake_digital(12, 60) / 1000, STANDARD)
    assert {"Haagse^Harry", "Haagse", "Harry", "P-17", "SN12345", "1951-05-02"} <= set(FORMAT.identifiers(location))


def test_null_values_are_absent_samples(tmp_path):
    digital = DIGITAL.copy()
    digital[1, 3:5] = -32768
    record = read(_write(tmp_path, _head(), definition(0x12, b"\0\x80"), LITTLE.frame(digital), END))
    assert np.flatnonzero(np.isnan(record.signal[1])).tolist() == [3, 4]
    assert not np.isnan(record.signal[0]).any()


def test_offsets_are_added_and_told(tmp_path):
    record = read(_write(tmp_path, _head(), definition(0x0D, LITTLE.number(100, 2)), LITTLE.frame(DIGITAL)))
    np.testing.assert_allclose(record.signal, (DIGITAL + 100) / 1000, atol=1e-6)
    assert "offsets of 100 units were added" in record.provenance.notes


def test_the_dominant_beat_is_the_median_beat_and_no_rhythm(tmp_path):
    beat = DIGITAL[:, :20] // 2
    path = _write(
        tmp_path,
        _head(),
        definition(0x08, b"\x01\0") + LITTLE.frame(DIGITAL),
        definition(0x08, b"\x08\0") + LITTLE.frame(beat + 1),
        definition(0x08, b"\x09\0") + LITTLE.frame(beat),
    )
    record = read(path)
    np.testing.assert_allclose(record.signal, DIGITAL / 1000, atol=1e-6)
    np.testing.assert_allclose(record.median_beat.signal, beat / 1000, atol=1e-6)
    assert record.provenance.notes == ("1 waveforms of another kind or layout are left out",)


def test_a_beat_without_leads_is_left_out(tmp_path):
    nameless = definition(0x05, b"\2") + definition(0x08, b"\x09\0") + LITTLE.frame(DIGITAL)
    record = read(_write(tmp_path, _head(), LITTLE.frame(DIGITAL), nameless))
    assert record.median_beat is None
    assert record.provenance.notes == ("1 waveforms of another kind or layout are left out",)


def test_frames_of_another_rate_are_not_joined(tmp_path):
    path = _write(tmp_path, _head(), LITTLE.frame(DIGITAL), LITTLE.sampling(rate=250), LITTLE.frame(DIGITAL))
    record = read(path)
    assert (record.signal.shape, record.sampling_rate_hz) == ((2, 50), 500)
    assert "1 waveforms of another kind or layout are left out" in record.provenance.notes


def test_events_are_annotations_at_their_samples(tmp_path):
    number = LITTLE.number
    beat = number(128, 2) + number(25, 4) + number(0, 4) + b"PVC"
    nameless = number(7, 2) + number(50, 4)
    path = _write(
        tmp_path,
        *(_head(), definition(0x41, beat), definition(0x3F, definition(0x41, nameless), channel=1)),
        *(definition(0x41, b"\0"), LITTLE.frame(DIGITAL)),
    )
    found = [(mark.time_s, mark.label, mark.lead) for mark in read(path).annotations]
    assert found == [(0.05, "PVC", None), (0.1, "MFER event 7", "II")]


def test_what_is_left_out_is_told(tmp_path):
    extra = definition(0x42, bytes(8)) * 2 + definition(0x16, b"note") + definition(0x86, b"m")
    record = read(_write(tmp_path, _head(), extra, LITTLE.frame(DIGITAL)))
    assert record.provenance.notes == (
        "2 measurements (MWF_VAL), in codes that are not understood, are left out",
        "1 comments (MWF_NTE) are left out",
        "1 messages (MWF_MSS) are left out",
    )


def test_channels_of_another_rate_or_kind_are_left_out(tmp_path):
    slow = definition(0x3F, definition(0x0B, b"\0\0\x64") + definition(0x04, b"\x0a"), channel=2)
    head = LITTLE.preamble() + LITTLE.sampling() + LITTLE.leads(["I", "II", "V1"])
    data = DIGITAL.astype("<i2").tobytes() + bytes(20)
    path = _write(tmp_path, head, slow, definition(0x04, b"\x32"), definition(0x1E, data))
    record = read(path)
    assert record.leads == ("I", "II")
    np.testing.assert_allclose(record.signal, DIGITAL / 1000, atol=1e-6)
    assert "left out, of another sampling rate: V1" in record.provenance.notes


def test_an_amplitude_without_unit_has_to_be_declared(tmp_path):
    path = _write(tmp_path, LITTLE.preamble(), LITTLE.leads(["I", "II"]), LITTLE.frame(DIGITAL))
    with pytest.raises(UnitError, match="doesn't say its amplitude unit"):
        read(path)
    record = read(RecordLocation("a", str(path), "mfer", {"unit": "uV"}))
    np.testing.assert_allclose(record.signal, DIGITAL / 1000, atol=1e-6)


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        ([_head()], UnreadableFileError, "holds no waveform of MFER"),
        ([_head(), definition(0x08, b"\x28\0"), LITTLE.frame(DIGITAL)], SignalError, "no waveform of an ECG"),
        ([_head(), definition(0x08, b"\x09\0"), LITTLE.frame(DIGITAL)], SignalError, "no waveform of an ECG"),
        ([LITTLE.preamble(), definition(0x05, b"\2"), LITTLE.frame(DIGITAL)], LeadError, "only channel 1, channel 2"),
        ([_head(["I", "I"]), LITTLE.frame(DIGITAL)], LeadError, "holds lead I twice"),
        ([_head(), LITTLE.frame(DIGITAL[:, :0], block=1)], UnreadableFileError, "holds no waveform of MFER"),
    ],
)
def test_a_file_without_an_ecg_is_refused_by_what_it_lacks(tmp_path, parts, error, message):
    with pytest.raises(error, match=rf"a\.mwf.*{message}"):
        read(_write(tmp_path, *parts))


HUGE = b"\xff\xff\xff\x7f"
HOSTILE = {
    "a waveform of 4 GiB": _head() + b"\x1e\x84\xff\xff\xff\xff",
    "sequences of 2 billion": _head() + definition(0x06, HUGE) + definition(0x1E, bytes(100)),
    "blocks of 2 billion": _head() + definition(0x04, HUGE) + definition(0x1E, bytes(100)),
    "blocks of nothing": _head() + definition(0x04, b"\0") + definition(0x1E, bytes(100)),
    "groups in groups": _head() + b"\x67\x80" * 100_000,
    "definitions of nothing": _head() + b"\x0b\x00" * 100_000,
    "frames of nothing": _head() + b"\x1e\x00" * 100_000,
    "frames of a byte": _head() + b"\x1e\x01a" * 100_000,
    "frames of a sample": LITTLE.preamble() + LITTLE.sampling() + LITTLE.leads(["I"]) + b"\x1e\x02ab" * 90_000,
    "ever other layouts": _head() + (definition(0x05, b"\xff\0") + b"\x1e\x01a") * 50_000,
    "ever other numbers of channels": _head() + b"".join(LITTLE.leads(list(CODES)[:k]) for k in range(1, 12)) * 500,
    "exponents": _head() + definition(0x0B, b"\0\x7f\xff\xff\xff\xff") + LITTLE.frame(DIGITAL),
    "fine exponents": _head() + definition(0x0C, b"\0\x80\x01") + LITTLE.frame(DIGITAL),
    "a null that is no number": _head() + definition(0x0A, b"\x07") + definition(0x12, b"\xff" * 4) + bytes(10),
    "events": _head() + definition(0x41, b"\xff" * 10) * 20_000 + LITTLE.frame(DIGITAL),
}
READABLE = {"frames of a sample", "events", "fine exponents"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_neither_time_nor_memory(tmp_path, name):
    path = _write(tmp_path, HOSTILE[name])
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in KiB, the highest so far
    expected = contextlib.nullcontext() if name in READABLE else pytest.raises(EinthovenError, match=r"a\.mwf")
    with little_work(), expected:
        read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000
