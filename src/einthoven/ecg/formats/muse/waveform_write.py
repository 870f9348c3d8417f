"""Rhythm strip and median beat of a MUSE file that is being written."""

from __future__ import annotations

import binascii
import dataclasses
import re
import zlib
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from lxml import etree

from einthoven.ecg.formats.quantise import Quantised, one_step_for_all, refuse_gaps
from einthoven.ecg.record import Record

__all__ = ["add_waveforms"]

# of a nanovolt: enough for steps such as 1 mV / 204.8, few enough for readers with decimal numbers
_STEP_DECIMALS = 4
_LINE = 76  # characters of base64, as MUSE breaks them
_DERIVABLE = {"III", "aVR", "aVL", "aVF"}
_TAGS = {"high-pass": "HighPassFilter", "low-pass": "LowPassFilter", "notch": "ACFilter"}
_FILTER = re.compile(r"(?P<kind>high-pass|low-pass|notch) (?P<hertz>\d+(?:\.\d+)?) Hz")


def add_waveforms(root: etree._Element, record: Record) -> None:
    """Append the median beat, where there is one without gaps, and the rhythm strip, as MUSE orders them.

    Raises
    ------
    UnitError, SignalError
        When the record has no millivolts, or gaps.
    """
    stored = _stored_leads(record)
    quantised = one_step_for_all(stored, max_decimals=_STEP_DECIMALS)
    refuse_gaps(quantised, record, format_name="MUSE XML")
    filters = _filters(record.provenance.device_filters)
    beat = record.median_beat
    if beat is not None and beat.signal.size and not np.isnan(beat.signal).any():
        median = _stored_leads(
            dataclasses.replace(record, signal=beat.signal, leads=beat.leads, sampling_rate_hz=beat.sampling_rate_hz)
        )
        _add_waveform(root, "Median", median, one_step_for_all(median, max_decimals=_STEP_DECIMALS), filters=filters)
    _add_waveform(root, "Rhythm", stored, quantised, filters=filters)


def _stored_leads(record: Record) -> Record:
    """Return the record without the limb leads that were computed from I and II: every reader computes them again."""
    derived = _DERIVABLE & set(record.provenance.leads_derived)
    if not derived or not {"I", "II"} <= set(record.leads) - set(record.provenance.leads_derived):
        return record
    kept = [row for row, lead in enumerate(record.leads) if lead not in derived]
    return dataclasses.replace(record, signal=record.signal[kept], leads=tuple(record.leads[row] for row in kept))


def _add_waveform(
    root: etree._Element, kind: str, record: Record, quantised: Quantised, *, filters: dict[str, str]
) -> None:
    base, exponent = _base_and_exponent(record.sampling_rate_hz)
    waveform = etree.SubElement(root, "Waveform")
    fields = {
        "WaveformType": kind,
        "WaveformStartTime": "0",
        "NumberofLeads": str(len(record.leads)),
        "SampleType": "CONTINUOUS_SAMPLES",
        "SampleBase": str(base),
        "SampleExponent": str(exponent),
        **filters,
    }
    _fill(waveform, fields)
    for lead, digital, step_mv in zip(record.leads, quantised.digital, quantised.step_mv, strict=True):
        content = digital.astype("<i2").tobytes()
        lead_fields = {
            "LeadByteCountTotal": str(len(content)),
            "LeadTimeOffset": "0",
            "LeadSampleCountTotal": str(digital.size),
            "LeadAmplitudeUnitsPerBit": f"{step_mv * 1000:.12g}",
            "LeadAmplitudeUnits": "MICROVOLTS",
            "LeadHighLimit": "32767",
            "LeadLowLimit": "-32768",
            "LeadID": lead,
            "LeadOffsetFirstSample": "0",
            "FirstSampleBaseline": "0",
            "LeadSampleSize": "2",
            "LeadDataCRC32": str(zlib.crc32(content)),
            "WaveFormData": "\n" + base64_lines(content),
        }
        _fill(etree.SubElement(waveform, "LeadData"), lead_fields)


def base64_lines(content: bytes) -> str:
    r"""Return what ``base64.encodebytes`` does, without a call per line.

    Examples
    --------
    >>> base64_lines(b"einthoven")
    'ZWludGhvdmVu\n'
    """
    words = binascii.b2a_base64(content, newline=False).decode("ascii")
    return "".join([f"{words[start : start + _LINE]}\n" for start in range(0, len(words), _LINE)])


def _fill(element: etree._Element, fields: dict[str, str]) -> None:
    for tag, words in fields.items():
        etree.SubElement(element, tag).text = words


def _base_and_exponent(rate_hz: float) -> tuple[int, int]:
    """Return whole numbers with ``rate_hz = base * 10 ** exponent``; the rate is cut to nine decimals.

    Examples
    --------
    >>> _base_and_exponent(500.0), _base_and_exponent(257.5)
    ((500, 0), (2575, -1))
    """
    decimal = Decimal(f"{rate_hz:.9f}".rstrip("0").rstrip("."))
    _, digits, exponent = decimal.as_tuple()
    return int("".join(map(str, digits))), int(exponent)


def _filters(device_filters: Sequence[str]) -> dict[str, str]:
    """Return the filters in the units of the format: high-pass in whole hundredths of hertz, the others in hertz."""
    found: dict[str, str] = {}
    for words in device_filters:
        parsed = _FILTER.fullmatch(words)
        if parsed is None:
            continue
        unit_hz = 0.01 if parsed["kind"] == "high-pass" else 1.0
        value = float(parsed["hertz"]) / unit_hz
        if parsed["kind"] != "high-pass" or abs(value - round(value)) < 1e-6:
            found.setdefault(_TAGS[parsed["kind"]], f"{value:.6g}")
    return found
