"""A DICOM file as one data set: preamble, meta information, transfer syntax, kind of object (PS3.10, chapter 7)."""

from __future__ import annotations

import functools
import re
import zlib
from dataclasses import dataclass

from einthoven.ecg.formats.dicom.dataset import DataSet
from einthoven.ecg.formats.dicom.elements import MAX_ELEMENTS, DataSetReader
from einthoven.errors import UnreadableFileError

__all__ = ["ECG_CLASSES", "DicomFile", "looks_like_dicom", "open_dicom", "uid_name"]

# PS3.4, table B.5-1
ECG_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.9.1.1": "12-Lead ECG",
    "1.2.840.10008.5.1.4.1.1.9.1.2": "General ECG",
    "1.2.840.10008.5.1.4.1.1.9.1.3": "Ambulatory ECG",
    "1.2.840.10008.5.1.4.1.1.9.1.4": "General 32-bit ECG",
}
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
DEFLATED, BIG_ENDIAN = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
DICOMDIR = "1.2.840.10008.1.3.10"
SOP_CLASS, MEDIA_SOP_CLASS, TRANSFER_SYNTAX = 0x00080016, 0x00020002, 0x00020010
# ECGs deflate to between a half and a tenth; what swells more than this is an attack, as are elements without number
_MIN_INFLATED, _MAX_SWELLING = 4 << 20, 20
_MIN_ELEMENTS = 200_000
_META = b"\x02\0\0\0UL\x04\0"
# SOP Class UID of an ECG in a data set without meta information: explicit or implicit, little or big endian
_UID_CHARACTERS = 64  # PS3.5, section 9
_BARE_ECG = re.compile(
    rb"(?:\x08\0\x16\0(?:UI\x1e\0|\x1e\0\0\0)|\0\x08\0\x16UI\0\x1e)1\.2\.840\.10008\.5\.1\.4\.1\.1\.9\.1\.[1-4]"
)


@dataclass(frozen=True, slots=True, eq=False)
class DicomFile:
    """What a file holds, the name of its kind of ECG, and what a human should know about its encoding."""

    data: DataSet
    meta: DataSet
    title: str
    notes: tuple[str, ...]


def looks_like_dicom(head: bytes) -> bool:
    """Return whether a file begins as DICOM, of whatever kind, or as a bare data set that says it is an ECG."""
    if head[128:132] == b"DICM" or head.startswith(_META):
        return True
    return head[:2] in (b"\x08\0", b"\0\x08") and _BARE_ECG.search(head, 0, 4096) is not None


def open_dicom(content: bytes, *, where: str) -> DicomFile:
    """Return the data set of an ECG.

    Raises
    ------
    UnreadableFileError
        When it is no DICOM file, is damaged, of a transfer syntax that waveforms don't come in, or no ECG.
    """
    if not looks_like_dicom(content):
        raise UnreadableFileError(f"{where} is no DICOM file: it has no 'DICM' at byte 128; export it again")
    start = 132 if content[128:132] == b"DICM" else 0
    meta, start = _meta(content, start, where=where)
    declared = meta.text(MEDIA_SOP_CLASS)
    if declared:
        _check_class(declared, where=where)
    syntax = meta.text(TRANSFER_SYNTAX) or _seen_syntax(content, start)
    notes = []
    max_elements = MAX_ELEMENTS
    if syntax == DEFLATED:
        max_elements = max(_MIN_ELEMENTS, len(content))
        content, start = _inflated(content[start:], where=where), 0
    elif syntax in (IMPLICIT, EXPLICIT) and _seen_syntax(content, start) != syntax:
        notes.append(f"the header says {uid_name(syntax)}, but the data aren't: read as they are")
        syntax = _seen_syntax(content, start)
    if syntax not in (IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN):
        raise UnreadableFileError(
            f"{where} is encoded as {uid_name(syntax)}; read are implicit, explicit, deflated and big endian DICOM: "
            "export it as Explicit VR Little Endian"
        )
    reader = DataSetReader(
        content,
        explicit=syntax != IMPLICIT,
        little_endian=syntax != BIG_ENDIAN,
        where=where,
        max_elements=max_elements,
    )
    data, _ = reader.data_set(start, len(content))
    found = data.text(SOP_CLASS) or declared
    _check_class(found, where=where)
    return DicomFile(data, meta, ECG_CLASSES[found], tuple(notes))


@functools.lru_cache(maxsize=256)
def uid_name(uid: str) -> str:
    """Return the name of a well-known UID, and the UID itself when it isn't known.

    Examples
    --------
    >>> uid_name("1.2.840.10008.1.2.1")
    'Explicit VR Little Endian'
    """
    from pydicom.uid import UID

    known = str(UID(uid[:_UID_CHARACTERS].partition("\0")[0], validation_mode=0).name)
    return known or "object of unknown kind"


def _meta(content: bytes, start: int, *, where: str) -> tuple[DataSet, int]:
    """Return group 2, always in explicit little endian, and where it ends; its own length is not trusted."""
    reader = DataSetReader(content, explicit=True, little_endian=True, where=where)
    position = start
    while content[position : position + 2] == b"\x02\0" and position + 12 <= len(content):
        _, _, length, value = reader.header(position)
        if value + length > len(content):
            raise UnreadableFileError(f"{where} is truncated inside its meta information: export it again")
        position = value + length
    return reader.data_set(start, position)[0], position


def _seen_syntax(content: bytes, start: int) -> str:
    """Return the transfer syntax that the first element shows: its group is 8, and few others are possible there."""
    if content[start : start + 1] == b"\0":
        return BIG_ENDIAN
    spelled = content[start + 4 : start + 6]
    return EXPLICIT if spelled.isalpha() and spelled.isupper() else IMPLICIT


def _inflated(content: bytes, *, where: str) -> bytes:
    limit = max(_MIN_INFLATED, _MAX_SWELLING * len(content))
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = stream.decompress(content, limit)
    except zlib.error as error:
        raise UnreadableFileError(f"{where} is damaged: its deflated data can't be inflated ({error})") from error
    if stream.eof:
        return inflated
    if stream.unconsumed_tail:
        raise UnreadableFileError(f"{where} inflates to more than {limit:,} bytes, as no ECG does: refused")
    raise UnreadableFileError(f"{where} is truncated: its deflated data have no end; export it again")


def _check_class(uid: str, *, where: str) -> None:
    if uid in ECG_CLASSES:
        return
    if uid == DICOMDIR:
        raise UnreadableFileError(
            f"{where} is a DICOMDIR, a disc's table of contents, not an ECG: name the folder of the files themselves"
        )
    kinds = ", ".join(ECG_CLASSES.values())
    raise UnreadableFileError(
        f"{where} is a DICOM {uid_name(uid)}, not an ECG; read are {kinds} Waveform Storage: leave the file out"
    )
