"""Philips' Sierra ECG XML 1.03 to 1.04.02 (PageWriter, HeartStart, TraceMasterVue, IntelliSpace), after its schemas.

The schemas say that the attributes of ``parsedwaveforms`` describe the samples in the file, and
``signalcharacteristics`` the acquisition before any later change; 1.03 has only the latter.
"""

from __future__ import annotations

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels, Decoded
from einthoven.ecg.formats.philips.about import about, marks
from einthoven.ecg.formats.philips.beats import representative_beats
from einthoven.ecg.formats.philips.leads import sierra_lead
from einthoven.ecg.formats.philips.xli import rebuilt_limb_leads, unpacked_leads
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.xml_document import (
    MAX_XML_BYTES,
    attribute,
    base64_bytes,
    find,
    line_of,
    local_name,
    number,
    numbers,
    parse_xml,
    root_name,
    text,
)
from einthoven.ecg.leads import LIMB_LEADS, STANDARD_LEADS
from einthoven.errors import LeadError, SignalError, UnreadableFileError

__all__ = ["FORMAT", "decode", "recognises"]

_ROOT = "restingecgdata"
_TYPES = ("SierraECG", "PhilipsECG")
_VERSIONS = ("1.03", "1.04", "1.04.01", "1.04.02")
_UNCOMPRESSED = ("", "uncompressed", "none")
_STANDARD_SETS = ("STD-12", "10-WIRE")  # what files that name no leads call the twelve
_MAX_LEADS = 256
# resting ECGs last seconds: twelve leads of five minutes at 1,000 Hz are less
_MAX_VALUES = 4_000_000


def recognises(head: bytes) -> bool:
    """Return whether the root element is that of Sierra ECG."""
    return root_name(head) == _ROOT


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what a Sierra ECG file holds; raise a RecordError that names the element."""
    root = parse_xml(content, where=where)
    _check_version(root, where=where)
    waveforms = find(root, "waveforms/parsedwaveforms")
    if waveforms is None:
        raise SignalError(f"{where} holds no samples that can be read: {_where_samples_are(root)}")
    signal = find(root, "dataacquisition/signalcharacteristics")
    beat, notes = representative_beats(root)
    return Decoded(
        rhythm=_rhythm(waveforms, signal, where=where),
        about=about(root),
        median_beat=beat,
        annotations=marks(root),
        device_filters=_filters(waveforms, signal),
        resampling=_resampling(waveforms, signal),
        notes=notes,
    )


def _where_samples_are(root: etree._Element) -> str:
    linked = attribute(root, "href", "waveforms/unparsedwaveforms")
    if linked:
        return f"they are in another file, {linked}"
    apart = find(root, "waveforms/leadwaveforms") is not None
    return "they are in leadwaveforms" if apart else "it has no element parsedwaveforms"


def _check_version(root: etree._Element, *, where: str) -> None:
    if local_name(root) != _ROOT:
        raise UnreadableFileError(f"{where} begins with the element {local_name(root)}: Sierra ECG has {_ROOT}")
    kind = text(root, "documentinfo/documenttype")
    version = text(root, "documentinfo/documentversion")
    if kind not in _TYPES:
        raise UnreadableFileError(
            f"{where} is a document of type {kind!r} (documentinfo/documenttype); {' and '.join(_TYPES)} are read"
        )
    if version not in _VERSIONS:
        raise UnreadableFileError(
            f"{where} is of version {version!r} (documentinfo/documentversion); {', '.join(_VERSIONS)} are read: "
            "export it as one of these"
        )


def _said(waveforms: etree._Element, signal: etree._Element | None, *names: str) -> str:
    """Return the first attribute of the waveforms of these names, else the first element of the acquisition."""
    said = (attribute(waveforms, name) for name in names)
    return next(filter(None, said), "") or next(filter(None, (text(signal, name) for name in names)), "")


def _rhythm(waveforms: etree._Element, signal: etree._Element | None, *, where: str) -> Channels:
    element = f"{where} ({line_of(waveforms)})"
    rate = number(_said(waveforms, signal, "samplespersecond", "samplingrate"), where=element, what="sampling rate")
    duration_ms = number(attribute(waveforms, "durationperchannel"), where=element, what="durationperchannel")
    names = _lead_names(waveforms, signal, where=element)
    n_samples = round(duration_ms * rate / 1000)
    if not 0 < n_samples * len(names) <= _MAX_VALUES:
        raise SignalError(
            f"{element} declares {len(names)} leads of {duration_ms:g} ms at {rate:g} Hz: "
            f"between 1 and {_MAX_VALUES:,} samples are read"
        )
    bits = _said(waveforms, signal, "bitspersample", "nbitspersample") or "16"
    if bits != "16" or (_said(waveforms, signal, "signalsigned") or "True").lower() != "true":
        raise UnreadableFileError(f"{element} has samples of {bits} bits or without sign; signed 16-bit ones are read")
    digital = _samples(waveforms, names, n_samples=n_samples, where=element)
    resolution = _said(waveforms, signal, "resolution", "signalresolution")
    step = number(resolution, where=element, what="resolution") if resolution else 1.0
    zero = number(_said(waveforms, signal, "signaloffset") or "0", where=element, what="signaloffset")
    return Channels(
        digital=digital,
        names=names,
        step=[step] * len(names),
        unit="uV" if resolution else "",
        sampling_rate_hz=rate,
        offset=[-zero * step] * len(names) if zero else (),
    )


def _lead_names(waveforms: etree._Element, signal: etree._Element | None, *, where: str) -> list[str]:
    names = attribute(waveforms, "leadlabels").split()
    declared = attribute(waveforms, "numberofleads")
    if not names:
        declared = text(signal, "numberchannelsallocated") or text(signal, "numberchannelsvalid") or "12"
        lead_set = text(signal, "acquisitiontype") or text(signal, "leadset")
        known = STANDARD_LEADS if lead_set in _STANDARD_SETS else ()
        names = [*known, *(f"Channel {index}" for index in range(len(known) + 1, _MAX_LEADS + 1))]
    count = round(number(declared, where=where, what="number of leads")) if declared else len(names)
    if not 0 < count <= len(names):
        raise LeadError(f"{where} names {len(names)} leads, declares {count}")
    return [sierra_lead(name) for name in names[:count]]


def _samples(waveforms: etree._Element, names: list[str], *, n_samples: int, where: str) -> NDArray[np.signedinteger]:
    """Return int16 or int32 (lead, sample)."""
    encoding = attribute(waveforms, "dataencoding")
    flagged = attribute(waveforms, "compressflag", default="True").lower() == "true"
    method = attribute(waveforms, "compression") or attribute(waveforms, "compressmethod") if flagged else ""
    compressed = method.lower() not in _UNCOMPRESSED
    if (method.upper() if compressed else "", encoding) not in (("XLI", "Base64"), ("", "Base64"), ("", "Plain")):
        raise UnreadableFileError(
            f"{where} has samples encoded as {encoding!r}, compressed by {method or 'nothing'!r}; "
            "Base64 with XLI or without compression, and plain numbers are read"
        )
    if encoding == "Plain":
        plain = numbers(text(waveforms), where=where, what="parsedwaveforms")
        if (np.abs(plain) > np.iinfo(np.int16).max + 1).any() or (plain % 1 != 0).any():
            raise UnreadableFileError(f"{where} holds numbers that are no 16-bit integers: damaged")
        return _in_rows(plain.astype(np.int32), len(names), n_samples, where=where)
    content = base64_bytes(text(waveforms), where=where, what="parsedwaveforms")
    if not compressed:
        stored = np.frombuffer(content[: len(content) // 2 * 2], dtype="<i2")
        return _in_rows(stored, len(names), n_samples, where=where)
    leads = unpacked_leads(content, n_leads=len(names), n_samples=n_samples, where=where)
    return _without_differences(leads, names, where=where)


def _in_rows(
    stored: NDArray[np.signedinteger], n_leads: int, n_samples: int, *, where: str
) -> NDArray[np.signedinteger]:
    if stored.size < n_leads * n_samples:
        raise UnreadableFileError(
            f"{where} is truncated: {n_leads} leads of {n_samples} samples are declared, "
            f"{stored.size} of {n_leads * n_samples} samples are there"
        )
    return stored[: n_leads * n_samples].reshape(n_leads, n_samples)


def _without_differences(stored: NDArray[np.int16], names: list[str], *, where: str) -> NDArray[np.int16]:
    """Return the leads themselves: with XLI, four limb leads are stored as differences from what I and II give."""
    if tuple(names[:6]) == LIMB_LEADS:
        return rebuilt_limb_leads(stored, where=where)
    if set(LIMB_LEADS[2:]) & set(names):
        raise LeadError(
            f"{where} names its leads {', '.join(names)}: XLI stores III, aVR, aVL and aVF as differences, which is "
            f"known for the order {', '.join(LIMB_LEADS)} only; export it without compression"
        )
    return stored


def _filters(waveforms: etree._Element, signal: etree._Element | None) -> tuple[str, ...]:
    low, _, high = text(signal, "signalbandwidth").partition("-")  # 1.03 writes 0.05-150
    cutoffs = (
        ("high-pass", _said(waveforms, signal, "hipass") or low),
        ("low-pass", _said(waveforms, signal, "lowpass") or high),
    )
    filters = [f"{kind} {cutoff.strip()} Hz" for kind, cutoff in cutoffs if cutoff.strip() not in ("", "0")]
    if _said(waveforms, signal, "notchfiltered") == "True":
        mains = _said(waveforms, signal, "notchfilterfreqs").split() or text(signal, "acsetting").split()
        filters += [f"notch {frequency} Hz" for frequency in mains if frequency != "0"] or ["notch"]
    if _said(waveforms, signal, "artfiltered") == "True":
        filters.append("Philips artifact filter")
    return tuple(filters)


def _resampling(waveforms: etree._Element, signal: etree._Element | None) -> str:
    rates = [word for word in (text(signal, "samplingrate"), attribute(waveforms, "samplespersecond")) if word]
    said = f" from {rates[0]} to {rates[1]} Hz" if len(set(rates)) == 2 else ""
    for change in ("upsample", "downsample"):
        if attribute(waveforms, f"{change}d") == "True":
            method = attribute(waveforms, f"{change}method")
            return f"{change}d{said}" + (f" by {method}" if method else "")
    return f"sampled anew{said}" if said else ""


FORMAT = single_file_format(
    "philips",
    title="Philips Sierra ECG XML 1.03 to 1.04.02",
    decode=decode,
    recognises=recognises,
    max_bytes=MAX_XML_BYTES,
)
