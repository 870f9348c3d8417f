"""A record as a DICOM waveform: 12-lead ECG storage, or the kind of ECG storage that its rate and length need."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydicom import dcmwrite
from pydicom.dataset import Dataset

from einthoven.ecg.formats.dicom.annotations_write import annotation_items
from einthoven.ecg.formats.dicom.codes import LEAD_CODES
from einthoven.ecg.formats.dicom.element_write import WrittenCode, code_items, decimal, put
from einthoven.ecg.formats.dicom.header_write import file_meta, put_header
from einthoven.ecg.formats.quantise import quantise
from einthoven.ecg.record import Record
from einthoven.errors import RecordError, SignalError

__all__ = ["encode"]

_MICROVOLTS_PER_MILLIVOLT = 1000.0
_PADDING = -32768  # quantised samples reach from -32,767 to 32,767
_MEANINGS = {
    "aVR": "aVR, augmented voltage, right",
    "aVL": "aVL, augmented voltage, left",
    "aVF": "aVF, augmented voltage, foot",
}
_FILTER = re.compile(r"(?P<kind>high-pass|low-pass|notch) (?P<hertz>[\d.]+) Hz(?: \((?P<leads>[^)]*)\))?")
_FILTERS = {"high-pass": "FilterLowFrequency", "low-pass": "FilterHighFrequency", "notch": "NotchFilterFrequency"}


class _Storage(NamedTuple):
    """A kind of ECG storage and the rates and lengths that PS3.3, A.34, allows in it."""

    uid: str
    low_hz: float
    high_hz: float
    max_samples: int
    max_groups: int


_STORAGES = (
    _Storage("1.2.840.10008.5.1.4.1.1.9.1.1", 200, 1000, 16384, 5),  # 12-lead
    _Storage("1.2.840.10008.5.1.4.1.1.9.1.2", 200, 1000, 1 << 32, 4),  # general
    _Storage("1.2.840.10008.5.1.4.1.1.9.1.3", 50, 1000, 1 << 32, 1),  # ambulatory
)


def encode(record: Record, path: Path) -> dict[str, bytes]:
    """Return the file's content by its name.

    Raises
    ------
    UnitError
        When the record is in arbitrary units.
    SignalError
        When its rate is one that no DICOM ECG may have.
    RecordError
        When a text is longer than DICOM allows.
    """
    storage = _storage(record)
    data = Dataset()
    try:
        put_header(data, record, sop_class=storage.uid)
        groups = [_group(record, label="RHYTHM", originality="ORIGINAL")]
        beat = _beat(record, storage)
        if beat is not None:
            groups.append(_group(beat, label="MEDIAN BEAT", originality="DERIVED"))
        put(data, "WaveformSequence", groups)
        items = annotation_items(record if beat is not None else dataclasses.replace(record, median_beat=None))
        if items:
            put(data, "WaveformAnnotationSequence", items)
    except ValueError as error:
        raise RecordError(f"record {record.record_id} doesn't fit into DICOM: {error}") from error
    data.file_meta = file_meta(storage.uid, data.SOPInstanceUID)
    written = io.BytesIO()
    dcmwrite(written, data, enforce_file_format=True)
    return {path.name: written.getvalue()}


def _storage(record: Record) -> _Storage:
    for storage in _STORAGES:
        if _fits(storage, record.sampling_rate_hz, record.signal.shape[1]):
            return storage
    raise SignalError(
        f"record {record.record_id} has {record.sampling_rate_hz:g} Hz, DICOM holds ECGs of 50 to 1,000 Hz: "
        "resample it, or write WFDB"
    )


def _fits(storage: _Storage, rate_hz: float, samples: int) -> bool:
    return storage.low_hz <= rate_hz <= storage.high_hz and samples <= storage.max_samples


def _beat(record: Record, storage: _Storage) -> Record | None:
    """Return the representative beat as a record; None when there is none, or no place for it."""
    beat = record.median_beat
    if beat is None or storage.max_groups < 2 or not _fits(storage, beat.sampling_rate_hz, beat.signal.shape[1]):
        return None
    return dataclasses.replace(
        record, signal=beat.signal, leads=beat.leads, sampling_rate_hz=beat.sampling_rate_hz, median_beat=None
    )


def _group(record: Record, *, label: str, originality: str) -> Dataset:
    quantised = quantise(record)
    digital = quantised.digital
    group = Dataset()
    put(group, "WaveformOriginality", originality)
    put(group, "NumberOfWaveformChannels", digital.shape[0])
    put(group, "NumberOfWaveformSamples", digital.shape[1])
    put(group, "SamplingFrequency", decimal(record.sampling_rate_hz))
    put(group, "MultiplexGroupLabel", label)
    put(
        group,
        "ChannelDefinitionSequence",
        [
            _channel(lead, step_mv=step_mv, filters=record.provenance.device_filters)
            for lead, step_mv in zip(record.leads, quantised.step_mv, strict=True)
        ],
    )
    put(group, "WaveformBitsAllocated", 16)
    put(group, "WaveformSampleInterpretation", "SS")
    if quantised.absent is not None:
        digital = np.where(quantised.absent, np.int16(_PADDING), digital)
        group.add_new("WaveformPaddingValue", "OW", np.array(_PADDING, dtype="<i2").tobytes())
    group.add_new("WaveformData", "OW", digital.T.astype("<i2").tobytes())
    return group


def _channel(lead: str, *, step_mv: float, filters: Sequence[str]) -> Dataset:
    channel = Dataset()
    put(channel, "ChannelLabel", lead)
    source = WrittenCode(f"2:{LEAD_CODES[lead]}", "MDC", _MEANINGS.get(lead, f"Lead {lead}"))
    put(channel, "ChannelSourceSequence", code_items(source))
    put(channel, "ChannelSensitivity", decimal(step_mv * _MICROVOLTS_PER_MILLIVOLT))
    put(channel, "ChannelSensitivityUnitsSequence", code_items(WrittenCode("uV", "UCUM", "microvolt")))
    put(channel, "ChannelSensitivityCorrectionFactor", "1")
    put(channel, "ChannelBaseline", "0")
    put(channel, "ChannelSampleSkew", "0")
    put(channel, "WaveformBitsStored", 16)
    for words in filters:
        found = _FILTER.fullmatch(words)
        if found and (found["leads"] is None or lead in found["leads"].split(", ")):
            put(channel, _FILTERS[found["kind"]], decimal(float(found["hertz"])))
    return channel
