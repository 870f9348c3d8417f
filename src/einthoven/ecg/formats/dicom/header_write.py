"""Patient, study, device and time of a record in the modules that a DICOM ECG must have (PS3.3, table A.34.3-1)."""

from __future__ import annotations

import hashlib
import textwrap
import uuid
from datetime import datetime

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from einthoven import __version__
from einthoven.ecg.formats.dicom.element_write import WrittenCode, code_items, put
from einthoven.ecg.record import Record

__all__ = ["UNKNOWN_TIME", "file_meta", "put_header", "uid_for"]

# the standard demands a time where a record may have none: two years before Einthoven's first ECG, and not read as one
UNKNOWN_TIME = datetime(1900, 1, 1)  # noqa: DTZ001 - a time of no place
_MAX_LINE = 64  # of a long string (LO)
# PS3.16, CID 7050
_BASIC_PROFILE = WrittenCode("113100", "DCM", "Basic Application Confidentiality Profile")
_CLEAN_DESCRIPTORS = WrittenCode("113105", "DCM", "Clean Descriptors Option")
_MODIFIED_DATES = WrittenCode(
    "113107", "DCM", "Retain Longitudinal Temporal Information Modified Dates Option"
)  # fmt: skip
_PATIENT_CHARACTERISTICS = WrittenCode("113108", "DCM", "Retain Patient Characteristics Option")


def uid_for(record: Record, purpose: str) -> str:
    """Return a unique identifier that the content fixes: the same record is written as the same bytes (PS3.5, B.2)."""
    content = hashlib.sha256(np.ascontiguousarray(record.signal).tobytes()).hexdigest()
    words = f"{purpose}/{record.record_id}/{record.patient_id}/{record.time}/{content}"
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, words).int}"


def file_meta(sop_class: str, instance: str) -> FileMetaDataset:
    """Return the meta information of a file in Explicit VR Little Endian."""
    meta = FileMetaDataset()
    put(meta, "MediaStorageSOPClassUID", sop_class)
    put(meta, "MediaStorageSOPInstanceUID", instance)
    put(meta, "TransferSyntaxUID", ExplicitVRLittleEndian)
    put(meta, "ImplementationClassUID", f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, 'einthoven').int}")
    put(meta, "ImplementationVersionName", f"EINTHOVEN {__version__}"[:16])
    return meta


def put_header(data: Dataset, record: Record, *, sop_class: str) -> None:
    """Add everything but waveforms and annotations."""
    put(data, "SpecificCharacterSet", "ISO_IR 192")
    put(data, "SOPClassUID", sop_class)
    put(data, "SOPInstanceUID", uid_for(record, "instance"))
    put(data, "StudyInstanceUID", uid_for(record, "study"))
    put(data, "SeriesInstanceUID", uid_for(record, "series"))
    put(data, "Modality", "ECG")
    for keyword in ("AccessionNumber", "ReferringPhysicianName", "StudyID", "PatientName", "PatientBirthDate"):
        put(data, keyword, "")
    for keyword in ("SeriesNumber", "InstanceNumber"):
        put(data, keyword, "1")
    put(data, "Manufacturer", "")
    if record.device:
        put(data, "ManufacturerModelName", _line(record.device))
    put(data, "PatientID", record.patient_id or "")
    put(data, "PatientSex", record.sex if record.sex in ("F", "M") else "")
    if record.age_years is not None:
        put(data, "PatientAge", _age(record.age_years))
    put(data, "AcquisitionContextSequence", [])
    _put_times(data, record)
    if record.provenance.deidentification:
        _put_deidentification(data, record)


def _line(text: str) -> str:
    """Return what a long string holds of a text: a line without backslashes, which separate values."""
    return " ".join(text.replace("\\", "/").split())[:_MAX_LINE].strip()


def _age(years: float) -> str:
    """Return an age in years, of small children in months and days.

    Examples
    --------
    >>> _age(61.7), _age(1.5), _age(0.01)
    ('061Y', '018M', '004D')
    """
    if years >= 3:
        return f"{int(years):03}Y"
    return f"{round(years * 12):03}M" if years >= 0.25 else f"{round(years * 365.25):03}D"


def _put_times(data: Dataset, record: Record) -> None:
    time = record.time or UNKNOWN_TIME
    day = f"{time:%Y%m%d}".zfill(8)
    clock = f"{time:%H%M%S}" + (f".{time.microsecond:06}" if time.microsecond else "")
    put(data, "StudyDate", day if record.time else "")
    put(data, "StudyTime", clock if record.time else "")
    put(data, "ContentDate", day)
    put(data, "ContentTime", clock)
    put(data, "AcquisitionDateTime", f"{day}{clock}" + (f"{time:%z}" if time.tzinfo else ""))
    if time.tzinfo:
        put(data, "TimezoneOffsetFromUTC", f"{time:%z}")


def _put_deidentification(data: Dataset, record: Record) -> None:
    """Add what PS3.15, E.1.1, asks of a de-identified object."""
    lines = [_line(part) for sentence in record.provenance.deidentification.split("; ") for part in _wrapped(sentence)]
    put(data, "PatientIdentityRemoved", "YES")
    put(data, "DeidentificationMethod", lines)
    codes = [_BASIC_PROFILE]
    if record.statements or record.annotations:  # free text, kept without dates and searched for identifiers
        codes.append(_CLEAN_DESCRIPTORS)
    if record.time is not None:
        codes.append(_MODIFIED_DATES)
    if record.age_years is not None or record.sex != "U":
        codes.append(_PATIENT_CHARACTERISTICS)
    put(data, "DeidentificationMethodCodeSequence", code_items(*codes))
    put(data, "LongitudinalTemporalInformationModified", "REMOVED" if record.time is None else "MODIFIED")


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, _MAX_LINE) or [""]
