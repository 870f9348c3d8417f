"""MUSE XML exports written as text from the format's description, with neither reader's nor writer's code."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

PATIENT = {
    "PatientID": "PID-0001",
    "PatientAge": "43",
    "AgeUnits": "YEARS",
    "DateofBirth": "07-08-1979",
    "Gender": "FEMALE",
    "Race": "OTHER",
    "PatientLastName": "DOE-ROE",
    "PatientFirstName": "Jane Ann",
}
TEST = {
    "DataType": "RESTING",
    "Site": "1",
    "SiteName": "GENERAL HOSPITAL",
    "AcquisitionDevice": "MAC55",
    "Location": "97",
    "LocationName": "WARD7",
    "RoomID": "W721",
    "AcquisitionTime": "22:41:16",
    "AcquisitionDate": "04-29-2023",
    "CartNumber": "74",
    "OverreaderID": "8907",
    "OverreaderLastName": "READER",
    "AcquisitionTechLastName": "TECH",
    "SecondaryID": "SEC-77",
}
MEASUREMENTS = {
    "VentricularRate": "90",
    "PRInterval": "144",
    "QRSDuration": "86",
    "QTInterval": "402",
    "QTCorrected": "491",
    "PAxis": "-48",
    "RAxis": "0",
    "QOnset": "219",
    "ECGSampleBase": "500",
    "ECGSampleExponent": "0",
    "QTcFrederica": "460",
}


def element(name: str, content: str) -> str:
    """Return one element."""
    return f"<{name}>{content}</{name}>"


def fields(name: str, values: Mapping[str, str]) -> str:
    """Return an element of elements."""
    return element(name, "".join(element(key, value) for key, value in values.items()))


def lead_xml(name: str, digital: Sequence[int], *, per_bit: str = "1", unit: str = "MICROVOLTS", **changes: str) -> str:
    """Return a ``LeadData`` element; ``changes`` replace its fields, an empty one is left out."""
    content = struct.pack(f"<{len(digital)}h", *digital)
    values = {
        "LeadByteCountTotal": str(len(content)),
        "LeadTimeOffset": "0",
        "LeadSampleCountTotal": str(len(digital)),
        "LeadAmplitudeUnitsPerBit": per_bit,
        "LeadAmplitudeUnits": unit,
        "LeadHighLimit": "32767",
        "LeadLowLimit": "-32768",
        "LeadID": name,
        "LeadOffsetFirstSample": "0",
        "FirstSampleBaseline": "0",
        "LeadSampleSize": "2",
        "LeadOff": "FALSE",
        "BaselineSway": "FALSE",
        "LeadDataCRC32": str(zlib.crc32(content)),
        "WaveFormData": "\n" + base64.encodebytes(content).decode() + "         ",
    }
    return fields("LeadData", {key: value for key, value in (values | changes).items() if value})


def waveform_xml(kind: str, leads: Sequence[str], *, base: str = "500", exponent: str = "0", **changes: str) -> str:
    """Return a ``Waveform`` element of leads; ``changes`` replace its fields."""
    values = {
        "WaveformType": kind,
        "NumberofLeads": str(len(leads)),
        "SampleType": "CONTINUOUS_SAMPLES",
        "SampleBase": base,
        "SampleExponent": exponent,
        "HighPassFilter": "16",
        "LowPassFilter": "150",
        "ACFilter": "60",
    }
    inner = "".join(element(key, value) for key, value in (values | changes).items())
    return element("Waveform", inner + "".join(leads))


def diagnosis_xml(name: str, statements: Sequence[tuple[str, str]]) -> str:
    """Return a diagnosis; each statement is its text and its flags, parted by blanks."""
    return element(
        name,
        "<Modality>RESTING</Modality>"
        + "".join(
            element(
                "DiagnosisStatement",
                "".join(element("StmtFlag", flag) for flag in flags.split()) + element("StmtText", text),
            )
            for text, flags in statements
        ),
    )


def matrix_bytes(entries: Mapping[tuple[int, int], int]) -> bytes:
    """Return a measurement matrix: (lead, measurement) to value."""
    header = [36, 147, 188, 219, 262, 303, 420, 15, 86, 402, 491, 144, 90, 662, -1, -1, -1, len(entries)]
    rows = b"".join(struct.pack("<BBh", lead, index, value) for (lead, index), value in entries.items())
    return struct.pack("<18h", *header) + rows


def muse_xml(
    *sections: str,
    patient: Mapping[str, str] = PATIENT,
    test: Mapping[str, str] = TEST,
    measurements: Mapping[str, str] = MEASUREMENTS,
    encoding: str = "ISO-8859-1",
) -> bytes:
    """Return a whole export; ``sections`` follow the demographics."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE RestingECG SYSTEM "restecg.dtd">\n'
    body = element(
        "RestingECG",
        element("MuseInfo", element("MuseVersion", "9.0.7.17363"))
        + fields("PatientDemographics", patient)
        + fields("TestDemographics", test)
        + fields("RestingECGMeasurements", measurements)
        + "\n".join(sections),
    )
    return (head + body).encode(encoding)


def _fake(encoding: str, *, step_uv: int, with_median: bool) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        unit, per_bit = ("MICROVOLTS", str(step_uv)) if step_uv else ("MILLIVOLTS", "0.001")
        digital = np.rint(signal_mv * 1000).astype(int)
        rows = [
            lead_xml(lead, row.tolist(), per_bit=per_bit, unit=unit) for lead, row in zip(leads, digital, strict=True)
        ]
        median = [
            lead_xml(lead, row[:60].tolist(), per_bit=per_bit, unit=unit)
            for lead, row in zip(leads, digital, strict=True)
        ]
        sections = [waveform_xml("Median", median)] if with_median else []
        path = folder / "rec.xml"
        path.write_bytes(muse_xml(*sections, waveform_xml("Rhythm", rows), encoding=encoding))
        return RecordLocation("rec", str(path), "muse", {})

    return fake


FAKES: dict[str, Fake] = {
    "median-latin1": _fake("ISO-8859-1", step_uv=1, with_median=True),
    "utf16": _fake("UTF-16", step_uv=1, with_median=False),
    "millivolts": _fake("UTF-8", step_uv=0, with_median=False),
}
