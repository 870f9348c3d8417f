from __future__ import annotations

import struct
from datetime import UTC, datetime

import numpy as np
import pytest

from einthoven.ecg.formats import read
from einthoven.ecg.formats.kardia.read import FORMAT
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.record import Annotation
from einthoven.errors import ChecksumError, LeadError, SignalError, UnitError, UnreadableFileError
from fakes.kardia_files import atc_block, atc_file, info_body

LIMB = ("I", "II", "III", "aVR", "aVL", "aVF")
# flags, then the filters they stand for: mains frequency (2), mains (4), low-pass (8), baseline (16), notch (32)
FLAGS = [
    (0, ()),
    (2, ()),
    (2 | 4, ("mains filter 60 Hz",)),
    (4 | 8, ("mains filter 50 Hz", "low-pass")),
    (2 | 16 | 32, ("high-pass 0.1 Hz", "notch 60 Hz")),
    (64, ("AliveCor enhanced filter",)),
]


def digital(n_leads=6, n_samples=80):
    return np.random.default_rng(4).integers(-32768, 32768, (n_leads, n_samples))


def written(tmp_path, content):
    path = tmp_path / "rec.atc"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("leads", [("I",), LIMB])
def test_one_and_six_leads_at_half_a_microvolt_per_unit(tmp_path, leads):
    stored = digital(len(leads))
    record = read(written(tmp_path, atc_file(stored, leads, rate=300, resolution_nv=500)))
    assert (record.leads, record.sampling_rate_hz) == (leads, 300)
    np.testing.assert_allclose(record.signal, stored * 0.0005, rtol=1e-6)
    assert record.provenance.original_unit == "nV"
    np.testing.assert_allclose(record.provenance.original_step_mv, 0.0005)


def test_the_time_of_recording_has_its_zone(tmp_path):
    record = read(written(tmp_path, atc_file(digital(1), ("I",))))
    assert (record.time, record.time_kind) == (datetime(2018, 10, 10, 18, 13, 11, tzinfo=UTC), "utc")
    assert record.device == "AliveCor triangle"
    odd = read(written(tmp_path, atc_file(digital(1), ("I",), info=info_body(recorded="yesterday"))))
    assert odd.time is None
    assert "'yesterday'" in odd.provenance.notes[0]


@pytest.mark.parametrize(("flags", "filters"), FLAGS)
def test_flags_say_which_filters_the_recorder_applied(tmp_path, flags, filters):
    record = read(written(tmp_path, atc_file(digital(1), ("I",), flags=flags)))
    assert record.provenance.device_filters == filters


def test_every_identifier_is_named(tmp_path):
    info = info_body(recording_id="rid-1", phone_id="phone-2", device_data="SN=AC6L100010,BAT=55")
    path = written(tmp_path, atc_file(digital(1), ("I",), info=info))
    assert FORMAT.identifiers(RecordLocation("rec", str(path), "kardia")) == ("rid-1", "phone-2", "AC6L100010")


def test_beats_come_with_their_times(tmp_path):
    body = struct.pack("<I", 300) + b"".join(struct.pack("<IH", *beat) for beat in ((30, 1), (330, 2), (600, 99)))
    record = read(written(tmp_path, atc_file(digital(1), ("I",), more=[atc_block("ann ", body)])))
    assert record.annotations == (
        Annotation(0.1, "normal beat"),
        Annotation(1.1, "ventricular beat"),
        Annotation(2.0, "beat type 99"),
    )
    damaged = read(written(tmp_path, atc_file(digital(1), ("I",), more=[atc_block("ann ", body[:-1])])))
    assert damaged.annotations == ()
    assert "annotations left out" in damaged.provenance.notes[0]


@pytest.mark.parametrize("kind", ["avg", "med"])
def test_the_average_or_median_beat_is_kept(tmp_path, kind):
    beat = digital(2, 40).astype("<i2")
    more = [atc_block(f"{kind} ", beat[0].tobytes()), atc_block(f"{kind}2", beat[1].tobytes())]
    record = read(written(tmp_path, atc_file(digital(), LIMB, more=more)))
    assert record.median_beat.leads == ("I", "II")
    np.testing.assert_allclose(record.median_beat.signal, beat * 0.001, rtol=1e-6)
    uneven = [more[0], atc_block(f"{kind}2", beat[1, 1:].tobytes())]
    record = read(written(tmp_path, atc_file(digital(), LIMB, more=uneven)))
    assert record.median_beat is None
    assert "average beat left out" in record.provenance.notes[0]


def test_blocks_may_stand_in_any_order_and_unknown_ones_are_passed_over(tmp_path):
    whole = atc_file(digital(1), ("I",), more=[atc_block("acc ", bytes(24))])
    head, info, rest = whole[:12], whole[12:288], whole[288:]
    record = read(written(tmp_path, head + rest + info))
    np.testing.assert_allclose(record.signal, digital(1) * 0.001, rtol=1e-6)


def test_a_file_without_info_is_read(tmp_path):
    whole = atc_file(digital(1), ("I",))
    record = read(written(tmp_path, whole[:12] + whole[288:]))
    assert (record.time, record.device) == (None, "AliveCor")


@pytest.mark.parametrize("at", [40, 300, 330])
def test_a_changed_byte_is_found_by_its_blocks_checksum(tmp_path, at):
    content = bytearray(atc_file(digital(1), ("I",)))
    content[at] ^= 1
    with pytest.raises(ChecksumError, match=r"rec\.atc: block '(info|fmt |ecg )' at \d+ has checksum"):
        read(written(tmp_path, bytes(content)))


def refused(tmp_path, content, error, words):
    with pytest.raises(error, match=words):
        read(written(tmp_path, content))


def test_contradictions_are_refused_with_their_place(tmp_path):
    whole = atc_file(digital(1), ("I",))
    refused(tmp_path, whole[:8] + b"\x09\0\0\0" + whole[12:], UnreadableFileError, "version 9; versions 1 to 5")
    refused(tmp_path, whole[:10], UnreadableFileError, "ends inside the header")
    refused(tmp_path, whole[:-1], UnreadableFileError, r"block 'ecg ' at byte 308 ends at byte \d+")
    refused(tmp_path, whole + whole[308:], UnreadableFileError, "block 'ecg ' twice")
    refused(tmp_path, whole[:288] + whole[308:], UnreadableFileError, "no 'fmt ' block")
    refused(tmp_path, whole[:308], LeadError, "holds no lead: it has the blocks fmt , info")
    format_two = atc_block("fmt ", struct.pack("<BHHBH", 2, 300, 500, 0, 0))
    refused(tmp_path, whole[:288] + format_two + whole[308:], UnreadableFileError, "format 2; 16-bit integers")
    short = atc_block("fmt ", b"\1\0\0")
    refused(tmp_path, whole[:288] + short + whole[308:], UnreadableFileError, "'fmt ' has 3 bytes, it needs 6")
    refused(tmp_path, atc_file(digital(1), ("I",), rate=0), SignalError, "sampling rate")
    refused(tmp_path, atc_file(digital(1), ("I",), resolution_nv=0), UnitError, "other than 0")
    refused(tmp_path, atc_file(digital(1, 0), ("I",)), SignalError, "no samples")
    uneven = atc_file(digital(1), ("I",), more=[atc_block("ecg2", bytes(20))])
    refused(tmp_path, uneven, SignalError, "as many in each lead; bytes: I 160, II 20")


def test_a_file_of_many_empty_blocks_is_refused_soon(tmp_path):
    blocks = [atc_block(f"{number:04d}", b"") for number in range(9999)]
    refused(tmp_path, atc_file(digital(1), ("I",), more=blocks), UnreadableFileError, "more than 256 blocks")
