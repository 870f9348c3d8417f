"""A record as uncompressed SCP-ECG, version 2.0 (EN 1064): 16-bit samples in whole nanovolts, all leads at once.

The length of a lead has 16 bits and counts bytes, so that 32,767 samples are the most a lead can have; the time between
two samples is in whole microseconds. Other recordings are refused, neither cut nor resampled; a rate that rounding the
time to microseconds changes by at most 1 in 10,000 (360 Hz, 997 Hz) is written, as recorders' clocks are no better.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Mapping
from pathlib import Path

from einthoven.ecg.formats.quantise import Quantised, one_step_for_all, refuse_gaps
from einthoven.ecg.formats.scp.leads import ALL_SIMULTANEOUS, LEAD_CODES, SIMULTANEOUS_SHIFT
from einthoven.ecg.formats.scp.sections import HEADER_BYTES, LAST_SECTION, POINTER_BYTES, RECORD_BYTES, checksum
from einthoven.ecg.formats.scp.write_measurements import has_places, lead_measurement_section, measurement_section
from einthoven.ecg.formats.scp.write_patient import patient_section, statement_sections
from einthoven.ecg.record import MedianBeat, Record
from einthoven.errors import SignalError, UnitError

__all__ = ["encode"]

VERSION = 20
MAX_SAMPLES = 32767
MAX_U16 = 65535
MAX_SIMULTANEOUS = 31  # 5 bits
RATE_TOLERANCE = 1.01e-4  # 300 Hz just fits


def encode(record: Record, path: Path) -> dict[str, bytes]:
    """Return the file's content by its name.

    Sections 1, 3 and 6 are always written; 4 and 5 for the representative beat; 7, 8, 10 and 11 where the record has
    measurements or statements. Fractions of a second of the recording's start have no place.

    Raises
    ------
    SignalError
        When samples are missing, too many, or too far from whole microseconds apart.
    UnitError
        When the record is not in millivolts, or beyond the 65,535 nV that a step can be.
    """
    quantised = one_step_for_all(record, max_decimals=0)
    refuse_gaps(quantised, record, format_name="SCP-ECG")
    bodies = {
        1: patient_section(record, version=VERSION),
        3: _leads(record),
        6: _samples(quantised, record),
        **_median_beat(record),
        7: measurement_section(record.measurements),
        10: lead_measurement_section(record.lead_measurements),
        **statement_sections(record),
    }
    return {path.name: _record({number: body for number, body in bodies.items() if body})}


def _record(bodies: Mapping[int, bytes]) -> bytes:
    """Return sections behind their headers and pointers, with all checksums."""
    numbers = range(LAST_SECTION + 1)
    sections = {number: _section(number, body) for number, body in sorted(bodies.items())}
    own_size = HEADER_BYTES + POINTER_BYTES * len(numbers)
    pointers = struct.pack("<HII", 0, own_size, RECORD_BYTES + 1)
    index = RECORD_BYTES + own_size + 1
    for number in numbers[1:]:
        size = len(sections.get(number, b""))
        pointers += struct.pack("<HII", number, size, index if size else 0)
        index += size
    content = _section(0, pointers, signature=b"SCPECG") + b"".join(sections.values())
    return _checked(struct.pack("<I", RECORD_BYTES + len(content)) + content)


def _section(number: int, body: bytes, *, signature: bytes = b"") -> bytes:
    even = body + bytes(len(body) % 2)
    return _checked(struct.pack("<HIBB6s", number, HEADER_BYTES + len(even), VERSION, VERSION, signature) + even)


def _checked(content: bytes) -> bytes:
    return struct.pack("<H", checksum(content)) + content


def _leads(record: Record) -> bytes:
    flags = ALL_SIMULTANEOUS | min(len(record.leads), MAX_SIMULTANEOUS) << SIMULTANEOUS_SHIFT
    last = record.signal.shape[1]
    entries = (struct.pack("<IIB", 1, last, LEAD_CODES[lead]) for lead in record.leads)
    return bytes([len(record.leads), flags]) + b"".join(entries)


def _samples(quantised: Quantised, record: Record) -> bytes:
    """Return section 5 or 6: step, interval, no differences, the length of each lead, the leads one by one."""
    digital = quantised.digital
    if digital.shape[1] > MAX_SAMPLES:
        raise SignalError(
            f"record {record.record_id} has {digital.shape[1]:,} samples a lead, uncompressed SCP-ECG can hold "
            f"{MAX_SAMPLES:,}: write WFDB, DICOM or NPZ"
        )
    step_nv = round(quantised.step_mv[0] * 1e6)
    if step_nv > MAX_U16:
        raise UnitError(
            f"record {record.record_id} needs steps of {step_nv:,} nV, SCP-ECG has at most {MAX_U16:,}: check its unit"
        )
    head = struct.pack("<HHBB", step_nv, _interval_us(record), 0, 0)
    sizes = struct.pack(f"<{digital.shape[0]}H", *[2 * digital.shape[1]] * digital.shape[0])
    return head + sizes + digital.astype("<i2").tobytes()


def _interval_us(record: Record) -> int:
    exact = 1e6 / record.sampling_rate_hz
    interval = round(exact)
    if not 1 <= interval <= MAX_U16 or abs(exact - interval) > RATE_TOLERANCE * interval:
        raise SignalError(
            f"record {record.record_id} has {record.sampling_rate_hz:g} Hz, {exact:g} us between two samples; SCP-ECG "
            f"has whole microseconds up to {MAX_U16:,}: resample it, to 500 Hz for example, or write WFDB or DICOM"
        )
    return interval


def _median_beat(record: Record) -> dict[int, bytes]:
    """Return sections 4 and 5, none where the beat's leads, rate or length don't fit those of the recording.

    None, too, where the measured intervals have no known place in it: section 7 has places only, which would be wrong.
    """
    beat = record.median_beat
    if (
        beat is None
        or set(beat.leads) != set(record.leads)
        or not _writable(beat)
        or not has_places(record.measurements)
    ):
        return {}
    rows = [beat.leads.index(lead) for lead in record.leads]
    as_record = dataclasses.replace(record, signal=beat.signal[rows], sampling_rate_hz=beat.sampling_rate_hz)
    quantised = one_step_for_all(as_record, max_decimals=0)
    if quantised.absent is not None:
        return {}
    beat_ms = round(beat.signal.shape[1] / beat.sampling_rate_hz * 1000)
    return {4: struct.pack("<HHH", beat_ms, 0, 0), 5: _samples(quantised, as_record)}


def _writable(beat: MedianBeat) -> bool:
    length_ms = beat.signal.shape[1] * 1000 / beat.sampling_rate_hz
    interval_us = 1e6 / beat.sampling_rate_hz
    return length_ms <= MAX_U16 and length_ms == round(length_ms) and interval_us == round(interval_us)
