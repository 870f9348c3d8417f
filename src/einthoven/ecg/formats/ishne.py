"""ISHNE Holter recordings, as the THEW archive keeps them: a fixed header, free text, samples of 16 bits.

Badilini, The ISHNE Holter Standard Output File Format, Ann Noninvasive Electrocardiol 1998
(doi:10.1111/j.1542-474X.1998.tb00353.x). All numbers are little-endian; amplitudes are in nanovolts per unit.
"""

from __future__ import annotations

import binascii
import struct
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import About, Channels, Decoded
from einthoven.ecg.formats.patient_words import age_between, parse_sex
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import ChecksumError, LeadError, SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_MAGIC = b"ISHNE1.0"
_ANNOTATIONS = b"ANN  1.0"
_FIXED_BYTES = 522
_MAX_LEADS = 12
# table 1; 0 is unknown, 1 a bipolar lead that isn't named
_LEAD_NAMES = ("X", "Y", "Z", *STANDARD_LEADS, "ES", "AS", "AI")
_LEADS = dict(enumerate(_LEAD_NAMES, start=2))
_NOT_PRESENT = -9
# table 2; 0 is unrated, 1 good
_QUALITY = {
    2: "intermittent noise",
    3: "frequent noise",
    4: "intermittent disconnection",
    5: "frequent disconnection",
}
_FAULT = -32768  # what marks a lead fault among the samples


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of an ISHNE recording; files of annotations beside it are none."""
    return head[:8] == _MAGIC


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what a file holds.

    Raises
    ------
    UnreadableFileError
        When the file is damaged or truncated, or holds annotations only.
    ChecksumError
        When the header differs from its checksum.
    LeadError
        When a stored lead is said to be absent.
    """
    if content[:8] == _ANNOTATIONS:
        raise UnreadableFileError(f"{where} holds annotations to an ISHNE recording, no ECG: read the recording itself")
    if len(content) < _FIXED_BYTES or content[:8] != _MAGIC:
        raise UnreadableFileError(
            f"{where} is no ISHNE file: its header takes {_FIXED_BYTES} bytes, from 'ISHNE1.0' on"
        )
    begin, notes = _data_begin(content, where=where)
    notes += _check(content, begin, where=where)
    n_leads = _int16(content, 156)
    if not 0 < n_leads <= _MAX_LEADS:
        raise UnreadableFileError(f"{where} declares {n_leads} leads (byte 156), 1 to {_MAX_LEADS} are possible")
    digital, size_notes = _digital(content, begin, n_leads, where=where)
    absent, fault_notes = _faults(digital)
    names, quality_notes = _leads(content, n_leads, where=where)
    return Decoded(
        rhythm=Channels(
            digital=digital,
            names=names,
            step=_int16s(content, 206, n_leads),
            unit="nV",
            sampling_rate_hz=_int16(content, 272),
            absent=absent,
        ),
        about=_about(content),
        notes=(*notes, *size_notes, *fault_notes, *quality_notes),
    )


def _data_begin(content: bytes, *, where: str) -> tuple[int, list[str]]:
    """Return where the samples begin: behind the fixed header and the free text, whose place is fixed as well."""
    text_bytes, _, text_begin, ecg_begin = struct.unpack_from("<4i", content, 10)
    begin = _FIXED_BYTES + text_bytes
    if text_bytes < 0 or begin > len(content):
        raise UnreadableFileError(
            f"{where} declares {text_bytes} bytes of text (byte 10), it has {len(content)} in all"
        )
    if (text_begin, ecg_begin) == (_FIXED_BYTES, begin):
        return begin, []
    if ecg_begin != begin:
        raise UnreadableFileError(
            f"{where} says that its samples begin at byte {ecg_begin}, its text ends at {begin}: export it again"
        )
    return begin, [f"says that its text begins at byte {text_begin}, instead of {_FIXED_BYTES}"]


def _check(content: bytes, begin: int, *, where: str) -> list[str]:
    """Check the header against its checksum, CRC-CCITT from 0xFFFF; 0 stands for none."""
    (stored,) = struct.unpack_from("<H", content, 8)
    if stored == 0:
        return ["the header has no checksum"]
    computed = binascii.crc_hqx(content[10:begin], 0xFFFF)
    if stored not in {computed, (computed & 0xFF) << 8 | computed >> 8}:  # the byte order is not laid down
        raise ChecksumError(
            f"{where}: the header differs from its checksum ({stored:#06x}, computed {computed:#06x}): copy the file "
            "again; if the header was changed on purpose, set its bytes 8 and 9 to 0"
        )
    return []


def _digital(content: bytes, begin: int, n_leads: int, *, where: str) -> tuple[NDArray[Any], list[str]]:
    """Return int16 (lead, sample), a view on the content; writers count samples per lead, some in all leads."""
    declared = struct.unpack_from("<i", content, 14)[0]
    n_samples, rest = divmod(len(content) - begin, 2 * n_leads)
    if declared == n_samples * n_leads and n_leads > 1 and declared and not rest:
        notes = [f"the header counts the samples of all leads together: {n_samples} a lead"]
    elif declared > n_samples:
        raise UnreadableFileError(
            f"{where} is truncated: its header promises {declared} samples of {n_leads} leads, "
            f"{n_samples} are there: copy it again"
        )
    elif declared <= 0:
        notes = [f"the header doesn't say how many samples there are: {n_samples} are there"]
    else:
        surplus = 2 * n_leads * (n_samples - declared) + rest
        notes = [f"{surplus} bytes behind the samples that the header promises are left out"] if surplus else []
        n_samples = declared
    if n_samples == 0:
        raise SignalError(f"{where} holds no samples: leave the record out")
    samples = np.frombuffer(content, "<i2", n_samples * n_leads, begin)
    return samples.reshape(n_samples, n_leads).T, notes


def _faults(digital: NDArray[Any]) -> tuple[NDArray[np.bool_] | None, list[str]]:
    if digital.min() != _FAULT:
        return None, []
    absent = digital == _FAULT
    return absent, [f"{np.count_nonzero(absent)} samples are marked as lead faults: they count as absent"]


def _leads(content: bytes, n_leads: int, *, where: str) -> tuple[list[str], list[str]]:
    """Return the names of the leads, and what their quality codes say."""
    codes, ratings = _int16s(content, 158, n_leads), _int16s(content, 182, n_leads)
    if _NOT_PRESENT in codes:
        raise LeadError(f"{where} calls lead {codes.index(_NOT_PRESENT) + 1} of {n_leads} absent: export it again")
    names = [_LEADS.get(code, f"lead code {code}") for code in codes]
    rated = [f"{name}: {_QUALITY[rating]}" for name, rating in zip(names, ratings, strict=True) if rating in _QUALITY]
    return names, [f"the recorder rated {', '.join(rated)}"] if rated else []


def _about(content: bytes) -> About:
    first, last, patient_id = (_text(content, *span) for span in ((28, 40), (68, 40), (108, 20)))
    recorder = _text(content, 232, 40)
    birth, day = _date(content, 132), _date(content, 138)
    names = [part for name in (first, last) for part in (name, *name.split())]
    return About(
        patient_id=patient_id or None,
        time=_time(content, day),
        age_years=age_between(birth, day),
        sex=parse_sex(str(_int16(content, 128))),
        # the field is meant for the kind of recorder, many write its model
        device=recorder if recorder.lower() not in {"", "analog", "digital", "unknown"} else None,
        identifiers=(*names, patient_id, f"{first} {last}".strip(), *([birth.isoformat()] if birth else [])),
    )


def _time(content: bytes, day: date | None) -> datetime | None:
    if day is None:
        return None
    hour, minute, second = _int16s(content, 150, 3)
    try:
        return datetime.combine(day, time(hour, minute, second))
    except ValueError:
        return datetime.combine(day, time())


def _date(content: bytes, start: int) -> date | None:
    day, month, year = _int16s(content, start, 3)
    try:
        return date(year, month, day)
    except ValueError:  # -9 stands for an unknown date
        return None


def _text(content: bytes, start: int, width: int) -> str:
    return content[start : start + width].split(b"\0")[0].decode("latin-1").strip()


def _int16(content: bytes, start: int) -> int:
    return int(struct.unpack_from("<h", content, start)[0])


def _int16s(content: bytes, start: int, count: int) -> Sequence[int]:
    return struct.unpack_from(f"<{count}h", content, start)


FORMAT = single_file_format("ishne", title="ISHNE Holter 1.0", decode=decode, recognises=recognises)
