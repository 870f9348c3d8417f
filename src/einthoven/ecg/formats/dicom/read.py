"""DICOM ECG waveforms: 12-lead, general, general 32-bit and ambulatory ECG storage (PS3.3, A.34).

The data set is read by our own reader of data elements, which checks every length before it takes anything; the
dictionaries of elements, character sets and unique identifiers are pydicom's.
"""

from __future__ import annotations

from einthoven.ecg.formats.decoded import Decoded
from einthoven.ecg.formats.dicom.annotations import read_annotations
from einthoven.ecg.formats.dicom.file import DicomFile, looks_like_dicom, open_dicom
from einthoven.ecg.formats.dicom.groups import median_beat, rhythm
from einthoven.ecg.formats.dicom.header import about_record
from einthoven.ecg.formats.dicom.waveform import Group, read_group
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.errors import SignalError

__all__ = ["FORMAT", "decode"]

WAVEFORMS, IDENTITY_REMOVED, DEIDENTIFICATION_METHOD = 0x54000100, 0x00120062, 0x00120063
WRITER = 0x00020013  # implementation version name
# the ECG Toolkit (written in C#) puts marks at sample 0 and up, one before those of the SCP-ECG files that it converts
COUNTS_FROM_0 = "ECGConversion"


def decode(content: bytes, *, where: str) -> Decoded:
    """Return the recording, the representative beat and what the annotations say.

    Raises
    ------
    UnreadableFileError
        When it is damaged, encoded in a way that isn't read, or another kind of DICOM object (which is named).
    SignalError
        When it holds no recording.
    """
    file = open_dicom(content, where=where)
    groups = _groups(file, where=where)
    recording = rhythm(groups, where=where)
    beat = median_beat(groups, recording)
    first_position = 0 if file.meta.text(WRITER).startswith(COUNTS_FROM_0) else 1
    said = read_annotations(file.data, groups, starts_s=recording.starts_s, beat=beat, first_position=first_position)
    return Decoded(
        rhythm=recording.channels,
        about=about_record(
            file.data,
            meta=file.meta,
            measurements=said.measurements,
            lead_measurements=said.lead_measurements,
            statements=said.statements,
            original_statements=said.original_statements,
        ),
        median_beat=beat.as_channels() if beat else None,
        annotations=said.marks,
        device_filters=recording.filters,
        notes=[*file.notes, *_hidden(file), *recording.notes],
    )


def _hidden(file: DicomFile) -> list[str]:
    if file.data.text(IDENTITY_REMOVED) != "YES":
        return []
    method = file.data.text(DEIDENTIFICATION_METHOD).replace("\\", "; ")
    return [f"the patient's identity was removed before: {method or 'how is not said'}"]


def _groups(file: DicomFile, *, where: str) -> list[Group]:
    items = file.data.items(WAVEFORMS)
    if not items:
        raise SignalError(f"{where} is a DICOM {file.title} without waveforms: leave it out")
    return [read_group(item, number, where=where) for number, item in enumerate(items, 1)]


FORMAT = single_file_format(
    "dicom",
    title="DICOM waveform (12-lead, general, general 32-bit and ambulatory ECG)",
    decode=decode,
    recognises=looks_like_dicom,
)
