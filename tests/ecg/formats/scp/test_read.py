from __future__ import annotations

import contextlib
import struct
import tracemalloc
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from ecgdatakit.parsing.parsers.scp_ecg import SCPECGParser

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.scp.read import FORMAT, decode, recognises
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Annotation
from einthoven.errors import ChecksumError, EinthovenError, LeadError, SignalError, UnitError, UnreadableFileError
from fakes.effort import little_work
from fakes.scp_files import (
    DEFAULT_TABLE,
    FAKES,
    beats_body,
    default_stream,
    differences,
    leads_body,
    machine_bytes,
    own_tables_body,
    patient_body,
    plain_sections,
    raw_stream,
    record_bytes,
    samples_body,
)
from fakes.wfdb_files import STANDARD, fake_digital

DIGITAL = fake_digital(12, 90)
# ecgdatakit 2.0.3 knows neither values without Huffman codes in a table nor decimated rhythm data
NOT_IN_ECGDATAKIT = {"16-bit-table", "bimodal-all-protected"}


def _sections(**bodies) -> dict[int, bytes]:
    changed = {int(name.removeprefix("s")): body for name, body in bodies.items()}
    return {**plain_sections(DIGITAL, STANDARD), **changed}


def _read(folder: Path, content: bytes):
    path = folder / "rec.scp"
    path.write_bytes(content)
    return read(RecordLocation("rec", str(path), "scp", {}))


@pytest.mark.parametrize("kind", sorted(set(FAKES) - NOT_IN_ECGDATAKIT))
def test_another_reader_gives_the_same_samples(tmp_path, kind):
    signal = np.random.default_rng(8).integers(-1500, 1500, (12, 80)) / 1000
    location = FAKES[kind](tmp_path, signal, STANDARD)
    ours = read(location)
    theirs = {lead.label: lead for lead in SCPECGParser().parse(Path(location.path)).leads}
    for lead, row in zip(ours.leads, ours.signal, strict=True):
        np.testing.assert_allclose(theirs[lead].samples * theirs[lead].resolution / 1000, row, atol=1e-6)
        assert theirs[lead].sampling_rate == ours.sampling_rate_hz


def test_decimated_leads_are_rebuilt_exactly_where_it_matters(tmp_path):
    baseline = np.full((12, 400), 20)
    baseline += np.arange(12)[:, np.newaxis]
    truth = baseline.copy()
    zones = [(41, 80), (201, 240), (321, 360)]
    for first, last in zones:
        truth[:, first - 1 : last] += np.random.default_rng(first).integers(-900, 900, (12, last - first + 1))
    stored = []
    for row in truth:
        values, n = [], 1
        while n <= 400:
            inside = any(first <= n <= last for first, last in zones)
            values.append(int(row[n - 1]) if inside else int(row[n - 1 : n + 3].mean()))
            n += 1 if inside else 4
        stored.append(default_stream(differences(values, 2)))
    content = record_bytes(
        {
            **plain_sections(truth, STANDARD),
            2: DEFAULT_TABLE,
            4: beats_body(40, 9, [(1, first, first + 9, last) for first, last in zones], zones),
            5: samples_body([default_stream([0] * 20)] * 12),
            6: samples_body(stored, difference=2, bimodal=1, interval_us=8000),
        }
    )
    record = _read(tmp_path, content)
    np.testing.assert_allclose(
        np.delete(record.signal, [39, 80, 199, 240, 319, 360], 1) * 1000,
        np.delete(truth, [39, 80, 199, 240, 319, 360], 1),
        atol=1e-3,
    )
    assert record.sampling_rate_hz == 500
    assert "interpolated" in record.provenance.resampling
    assert [mark.time_s for mark in record.annotations] == [0.098, 0.418, 0.658]


def test_the_reference_beat_is_the_median_beat(tmp_path):
    beat = np.random.default_rng(2).integers(-900, 900, (12, 25))
    content = record_bytes(
        _sections(s4=beats_body(50, 9, []), s5=samples_body([raw_stream(row) for row in beat.tolist()]))
    )
    record = _read(tmp_path, content)
    np.testing.assert_allclose(record.median_beat.signal, beat / 1000, atol=1e-6)
    assert (record.median_beat.leads, record.median_beat.sampling_rate_hz) == (STANDARD_LEADS, 500)


def test_a_reference_beat_of_unknown_length_is_left_out_with_a_note(tmp_path):
    record = _read(tmp_path, record_bytes(_sections(s5=samples_body([b""] * 12))))
    assert record.median_beat is None
    assert any("reference beat was not read" in note for note in record.provenance.notes)


def test_a_reference_beat_that_cannot_be_read_and_is_not_needed_is_noted(tmp_path):
    sections = _sections(s4=beats_body(50, 9, []), s5=samples_body([b"\0\0"] * 12))
    record = _read(tmp_path, record_bytes(sections))
    assert record.median_beat is None
    assert any("not read: " in note and "section 5 holds 1 of 25 samples" in note for note in record.provenance.notes)


def test_subtraction_at_no_complex_needs_no_reference_beat(tmp_path):
    leads = leads_body([1, 2, 61, 62, 63, 64, *range(3, 9)], [(1, 90)] * 12, flags=5)
    record = _read(tmp_path, record_bytes(_sections(s3=leads, s4=beats_body(0, 0, [(1, 5, 9, 20)]))))
    np.testing.assert_allclose(record.signal, DIGITAL / 1000, atol=1e-6)
    assert any("nothing was added" in note for note in record.provenance.notes)
    with pytest.raises(UnreadableFileError, match="section 5 that holds it is missing"):
        _read(tmp_path, record_bytes(_sections(s3=leads, s4=beats_body(0, 0, [(0, 5, 9, 20)]))))


def test_complexes_and_spikes_become_annotations_in_order(tmp_path):
    spikes = struct.pack("<BBHH", 0, 2, 0, 0) + struct.pack("<HhHh", 100, 500, 9000, 500) + bytes(12)
    complexes = [(0, 1, 11, 20), (2, 60, 71, 80), (0, 800, 900, 950)]
    record = _read(tmp_path, record_bytes(_sections(s4=beats_body(0, 0, complexes), s7=spikes)))
    assert record.annotations == (
        Annotation(0.02, "QRS of type 0"),
        Annotation(0.1, "pacemaker spike"),
        Annotation(0.14, "QRS of type 2"),
    )


def test_leads_recorded_one_after_the_other_have_gaps(tmp_path):
    content = record_bytes(
        {
            1: patient_body(),
            3: leads_body([1, 2], [(1, 40), (41, 90)], flags=1 << 3),
            6: samples_body([raw_stream([100] * 40), raw_stream([200] * 50)]),
        }
    )
    record = _read(tmp_path, content)
    kept = [record.leads.index(lead) for lead in ("I", "II")]
    assert np.isnan(record.signal[kept]).tolist() == [[False] * 40 + [True] * 50, [True] * 40 + [False] * 50]
    assert any("1 at a time" in note for note in record.provenance.notes)


def test_sections_the_signal_does_not_need_may_be_odd_but_are_noted(tmp_path):
    record = _read(tmp_path, record_bytes(_sections(s7=b"\1", s8=b"\1" * 12, s10=b"\xff" * 8, s11=b"\1")))
    assert len([note for note in record.provenance.notes if "not read: " in note]) == 4
    np.testing.assert_allclose(record.signal, DIGITAL / 1000, atol=1e-6)


def test_a_record_without_patient_is_read_with_a_note(tmp_path):
    sections = _sections()
    del sections[1]
    record = _read(tmp_path, record_bytes(sections))
    assert (record.patient_id, record.sex, record.time_kind) == (None, "U", "unknown")
    assert "section 1 (patient) is missing" in record.provenance.notes


@pytest.mark.parametrize(("missing", "name"), [(3, "section 3"), (6, "section 6")])
def test_a_record_without_recording_is_refused(tmp_path, missing, name):
    sections = _sections()
    del sections[missing]
    with pytest.raises(SignalError, match=rf"rec.scp holds no recording: {name} is missing"):
        _read(tmp_path, record_bytes(sections))


def test_long_term_recordings_of_version_3_are_refused_by_name_or_noted(tmp_path):
    sections = _sections(s12=bytes(40))
    record = _read(tmp_path, record_bytes(sections, protocol=30))
    assert "the long-term recording (section 12) was not read" in record.provenance.notes
    del sections[6]
    with pytest.raises(
        UnreadableFileError, match=r"long-term recording \(section 12 of SCP-ECG 3.0\), which is not read"
    ):
        _read(tmp_path, record_bytes(sections, protocol=30))


def test_version_3_has_no_compression_by_beats(tmp_path):
    content = record_bytes(
        _sections(
            s3=leads_body([*range(1, 9), 61, 62, 63, 64], [(1, 90)] * 12, flags=5),
            s6=samples_body([raw_stream(row) for row in DIGITAL.tolist()], bimodal=1),
        ),
        protocol=30,
    )
    assert _read(tmp_path, content).signal.shape == (12, 90)


@pytest.mark.parametrize("flags", [{"bimodal": 1}, {}])
def test_compression_by_beats_without_section_4_is_refused(tmp_path, flags):
    codes = [*range(1, 9), 61, 62, 63, 64]
    leads = leads_body(codes, [(1, 90)] * 12, flags=4 if flags else 5)
    with pytest.raises(UnreadableFileError, match="section 4 that tells where they are is missing"):
        _read(tmp_path, record_bytes(_sections(s3=leads, s6=samples_body([b"\0" * 180] * 12, **flags))))


def test_a_step_of_zero_and_an_unknown_lead_are_refused(tmp_path):
    with pytest.raises(UnitError, match="one stored unit must be worth"):
        _read(tmp_path, record_bytes(_sections(s6=samples_body([b"\0" * 180] * 12, step_nv=0))))
    with pytest.raises(LeadError, match=r"which of the standard leads .* only X, lead 250"):
        _read(
            tmp_path,
            record_bytes(_sections(s3=leads_body([16, 250], [(1, 90)] * 2), s6=samples_body([b"\0" * 180] * 2))),
        )


def test_identifiers_of_the_file_are_listed(tmp_path):
    tags = [(0, b"Doe\0"), (1, b"Jane\0"), (2, b"ID 5\0"), (14, machine_bytes(texts=(b"", b"SN77", b"", b"", b"")))]
    path = tmp_path / "rec.scp"
    path.write_bytes(record_bytes(_sections(s1=patient_body(tags))))
    assert FORMAT.identifiers(RecordLocation("rec", str(path), "scp", {})) == ("Doe", "Jane", "ID 5", "SN77")


def test_a_record_is_recognised_by_its_first_section_alone():
    content = record_bytes(_sections())
    assert recognises(content)
    assert recognises(content.replace(b"SCPECG", bytes(6)))
    for head in (content[:40][:30], bytes(4000), b"\xff" * 4000, content[1:], b"SCPECG" * 10):
        assert not recognises(head)


HUGE = 10_000_000_000 // 24
HOSTILE = {
    "10 GB of samples": {"s3": leads_body([*range(1, 9), 61, 62, 63, 64], [(1, HUGE)] * 12)},
    "10 GB of coded samples": {"s2": DEFAULT_TABLE, "s3": leads_body([*range(1, 9), 61, 62, 63, 64], [(1, HUGE)] * 12)},
    "lengths of zero": {"s6": samples_body([b""] * 12)},
    "255 leads": {"s3": leads_body([1] * 255, [(1, 90)] * 255), "s6": samples_body([b"\0" * 180] * 255)},
    "255 leads hours apart": {
        "s3": leads_body(list(range(255)), [(k * 10**7 + 1, k * 10**7 + 90) for k in range(255)]),
        "s6": samples_body([b"\0" * 180] * 255),
    },
    "65,535 complexes": {"s4": b"\1\0\1\0\xff\xff" + bytes(100), "s3": leads_body([1], [(1, 90)], flags=5)},
    "a code of no bits": {"s2": own_tables_body([[("", 0, 1, 0)]])},
    "codes that only switch": {
        "s2": own_tables_body([[("0", 0, 0, 2), ("1", 0, 0, 2)], [("0", 0, 0, 1), ("1", 0, 0, 1)]])
    },
    "no table": {"s2": b"\0\0"},
    "tables without codes": {"s2": struct.pack("<HHH", 2, 0, 0)},
    "intervals of zero": {"s6": samples_body([b"\0" * 180] * 12, interval_us=0)},
    "tags without end": {"s1": b"\x1e\xff\xff" * 5000},
    "tags without content": {"s1": b"\x1e\0\0" * 200_000},
    "statements without end": {"s8": bytes(8) + b"\xff" + bytes(5000)},
    "a beat of 65 s": {"s4": beats_body(65535, 65535, []), "s5": samples_body([b"\0"] * 12, interval_us=1)},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_records_are_refused_or_read_in_little_time_and_memory(tmp_path, what):
    content = record_bytes(_sections(**HOSTILE[what]))
    with little_work(), contextlib.suppress(EinthovenError):
        _read(tmp_path, content)
    tracemalloc.start()
    with contextlib.suppress(EinthovenError):
        _read(tmp_path, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200e6


@pytest.mark.parametrize("seed", range(60))
def test_damage_behind_correct_checksums_gives_a_record_or_our_own_error(seed):
    random = np.random.default_rng(seed)
    digital = fake_digital(12, 60, top=300)
    encoded = {
        1: plain_sections(digital, STANDARD)[1],
        2: [DEFAULT_TABLE, own_tables_body()][seed % 2],
        3: leads_body([*range(1, 9), 61, 62, 63, 64], [(1, 60)] * 12, flags=5),
        4: beats_body(40, 9, [(0, 5, 10, 15), (0, 25, 30, 35)], [(5, 15), (25, 35)]),
        5: samples_body([default_stream([1] * 20)] * 12, difference=1),
        6: samples_body(
            [default_stream(row) for row in digital.tolist()], bimodal=1, interval_us=[2000, 8000][seed % 2]
        ),
        7: bytes(60),
        8: bytes(60),
        10: bytes(60),
        11: bytes(60),
    }
    for number, body in list(encoded.items()):
        damaged = bytearray(body)
        for at in random.integers(0, len(body), 2):
            damaged[at] = random.integers(0, 256)
        content = record_bytes({**encoded, number: bytes(damaged)})
        with contextlib.suppress(EinthovenError, ValueError, LookupError, ArithmeticError):
            decode(content, where="rec.scp")


@pytest.mark.real_data
def test_the_example_of_ecg_toolkit_equals_its_twin_in_aecg_to_the_last_digit(real_data):
    record = read(RecordLocation("x", str(real_data / "formats/scp_ecg/ecgtoolkit_example.scp"), "scp", {}))
    space = {"h": "urn:hl7-org:v3"}
    tree = ET.parse(real_data / "formats/hl7_aecg/ecgtoolkit_example.xml")
    compared = 0
    for sequence in tree.iterfind(".//h:series/h:component/h:sequenceSet/h:component/h:sequence", space):
        code = sequence.find("h:code", space).get("code")
        digits = sequence.find("h:value/h:digits", space)
        if digits is None or not code.startswith("MDC_ECG_LEAD_"):
            continue
        lead = next(name for name in STANDARD_LEADS if name.upper() == code.removeprefix("MDC_ECG_LEAD_"))
        scale = float(sequence.find("h:value/h:scale", space).get("value"))
        assert sequence.find("h:value/h:scale", space).get("unit") == "uV"
        truth = np.array(digits.text.split(), float) * scale / 1000
        np.testing.assert_allclose(record.signal[record.leads.index(lead)], truth, atol=1e-6)
        compared += 1
    assert compared == 12


@pytest.mark.real_data
def test_the_example_of_ecg_toolkit_says_all_that_is_in_it(real_data):
    path = real_data / "formats/scp_ecg/ecgtoolkit_example.scp"
    record = read(RecordLocation("x", str(path), "scp", {}))
    assert (record.patient_id, record.sex, record.device) == ("SBJ-123", "M", "ECGConversion ELI250")
    assert (record.time, record.time_kind) == (datetime.fromisoformat("2002-11-22T09:10:00"), "naive")
    assert record.age_years == pytest.approx(49.54, abs=0.01)
    assert record.measurements["qrs_ms"] == 120
    assert record.measurements["pr_ms"] == 148
    assert record.measurements["qt_ms"] == 420
    assert record.measurements["qtc_ms"] == 443
    assert record.measurements["qrs_axis_deg"] == -61
    assert record.median_beat.signal.shape == (12, 599)
    assert record.provenance.notes == ()
    theirs = {lead.label: lead for lead in SCPECGParser().parse(path).median_beats}
    for lead, row in zip(record.median_beat.leads, record.median_beat.signal, strict=True):
        np.testing.assert_allclose(theirs[lead].samples * theirs[lead].resolution / 1000, row, atol=1e-6)


@pytest.mark.real_data
def test_a_writer_that_overflowed_is_read_as_far_as_it_goes_and_equals_its_twin(real_data):
    path = real_data / "formats/scp_ecg/0000050.ECG.scp"
    record = read(RecordLocation("x", str(path), "scp", {}))
    twin = np.genfromtxt(real_data / "formats/csv/0000050.ECG.csv", delimiter=",", filling_values=0).T
    assert record.signal.shape == (12, 32767)
    assert twin.shape == (12, 37855)
    np.testing.assert_allclose(record.signal / 0.005, twin[:, :32767], atol=1e-2)
    assert record.sampling_rate_hz == 800
    assert "declares 37,855 samples a lead and holds 32,767" in record.provenance.notes[0]


@pytest.mark.real_data
def test_real_files_whose_bits_flipped_are_refused(real_data):
    content = (real_data / "formats/scp_ecg/ecgtoolkit_example.scp").read_bytes()
    for at in np.random.default_rng(0).integers(0, len(content), 100).tolist():
        damaged = bytearray(content)
        damaged[at] ^= 1 << (at % 8)
        with pytest.raises((ChecksumError, UnreadableFileError)):
            decode(bytes(damaged), where="x")
