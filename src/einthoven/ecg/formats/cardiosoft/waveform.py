"""Signals of a CardioSoft export: whole numbers as text, lead by lead or, for a whole test, in one list.

In what order the list of the full disclosure runs is told in two ways by public software: one sample of each lead
after the other, or (what works on the UK Biobank) a second of each lead after the other. Both are tried, the one in
which the signal runs more smoothly is taken, and a note says which.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from einthoven.ecg.formats.decoded import Channels
from einthoven.ecg.formats.xml_document import attribute, children, find, line_of, number, numbers, text
from einthoven.errors import LeadError, SignalError, UnreadableFileError

__all__ = ["median_beat", "rhythm"]

MAX_LEADS = 256
_PER_BIT = re.compile(r"(?<!\s)\s*per\s*(lsb|bit)$", re.IGNORECASE)
# a wrong order of samples changes their sum of steps by far more, equal noise by less
_CLEARLY_SMOOTHER = 0.7

Found = tuple[Channels, tuple[str, ...]]


def rhythm(root: etree._Element, *, where: str) -> Found:
    """Return the resting strip, else the full disclosure of a test, else its first strip; and notes.

    Raises
    ------
    SignalError
        When there is none, or leads differ in length.
    UnreadableFileError
        When there are fewer samples than declared, or something else than numbers.
    """
    strip = find(root, "StripData")
    if strip is not None and find(strip, "WaveformData") is not None:
        return _by_lead(strip, strip, where=where)
    full = find(root, "FullDisclosure")
    data = None if full is None else find(full, "FullDisclosureData")
    if full is not None and data is not None and _words(data).strip():
        return _full_disclosure(full, data, where=where)
    strips = [one for path in ("StripData/Strip", "Strip/StripData") for one in children(root, path)]
    strips = [one for one in strips if find(one, "WaveformData") is not None]
    if not strips:
        raise SignalError(f"{where} holds neither a strip nor the full disclosure: export it again with its waveforms")
    channels, notes = _by_lead(strips[0], strip if strip is not None else strips[0], where=where)
    more = (f"{len(strips)} strips, the first is read",) if len(strips) > 1 else ()
    return channels, (*notes, *more)


def median_beat(root: etree._Element, *, where: str) -> tuple[Channels | None, tuple[str, ...]]:
    """Return the representative beat of the resting ECG; those of a stress test change with time and are left out."""
    samples = find(root, "RestingECGMeasurements/MedianSamples")
    if samples is not None and find(samples, "WaveformData") is not None:
        channels, notes = _by_lead(samples, samples, where=where)
        return channels, tuple(f"median beat: {note}" for note in notes)
    several = sum(1 for _ in children(root, "MedianData/Median"))
    return None, (f"{several} median beats of the test are left out",) if several else ()


def _by_lead(section: etree._Element, settings: etree._Element, *, where: str) -> Found:
    """Return the leads of a section; what it doesn't say itself stands in ``settings``."""
    elements = list(children(section, "WaveformData"))
    if len(elements) > MAX_LEADS:
        raise UnreadableFileError(f"{where} has {len(elements)} leads in one strip: it is damaged")
    leads = [_samples(_words(element), where=where, what=line_of(element)) for element in elements]
    names = [attribute(element, "lead") for element in elements]
    lengths = {name: lead.size for name, lead in zip(names, leads, strict=True)}
    if len({lead.size for lead in leads}) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in list(lengths.items())[:12])
        raise SignalError(f"{where}: leads differ in length ({listed} samples): export it again")
    notes = _counts(section, settings, held=(len(leads), leads[0].size), where=where)
    return _channels(np.array(leads), names, section, settings, where=where), notes


def _full_disclosure(full: etree._Element, data: etree._Element, *, where: str) -> Found:
    names = [word.strip() for word in text(full, "LeadOrder").strip(", ").split(",")]
    if not all(names) or len(names) > MAX_LEADS:
        raise LeadError(
            f"{where}: LeadOrder of the full disclosure must name its leads, got {text(full, 'LeadOrder')[:60]!r}"
        )
    samples = _samples(_words(data), where=where, what=line_of(data))
    if samples.size % len(names):
        raise UnreadableFileError(
            f"{where}: the full disclosure holds {samples.size} samples, no multiple of its {len(names)} leads: "
            "export it again"
        )
    declared = text(data, "SampleCountTotal") or text(full, "SampleCountTotal")
    if declared and number(declared, where=where, what="SampleCountTotal") > samples.size:
        raise UnreadableFileError(
            f"{where}: full disclosure holds {samples.size} samples, declared are {declared[:20]}"
        )
    rate = _rate(full, full, where=where)
    digital, order = _in_order(samples, len(names), rate)
    channels = _channels(digital, names, full, full, where=where)
    return channels, (f"full disclosure of {digital.shape[1] / rate:.0f} s, read {order}",)


def _in_order(samples: NDArray[Any], n_leads: int, rate: float) -> tuple[NDArray[Any], str]:
    """Return (lead, sample), and in words in which order the list runs."""
    interleaved = samples.reshape(-1, n_leads).T
    block = round(rate)
    if n_leads == 1 or block < 2 or abs(rate - block) > 1e-9:
        return interleaved, "sample by sample"
    n_whole = samples.size // n_leads // block
    head, rest = np.split(samples, [n_whole * n_leads * block])
    seconds = head.reshape(n_whole, n_leads, block).transpose(1, 0, 2).reshape(n_leads, -1)
    blocks = np.concatenate([seconds, rest.reshape(n_leads, -1)], axis=1)
    if _roughness(interleaved) < _CLEARLY_SMOOTHER * _roughness(blocks):
        return np.ascontiguousarray(interleaved), "sample by sample"
    return blocks, "second by second"


def _roughness(leads: NDArray[Any]) -> float:
    with np.errstate(over="ignore", invalid="ignore"):  # amplitudes beyond all measure are refused later
        return sum(float(np.abs(np.diff(lead.astype(np.float64))).sum()) for lead in leads)


def _channels(
    digital: NDArray[Any], names: list[str], section: etree._Element, settings: etree._Element, *, where: str
) -> Channels:
    source = section if find(section, "Resolution") is not None else settings
    step = text(source, "Resolution")
    return Channels(
        digital=digital,
        names=names,
        step=[number(step, where=where, what="Resolution") if step else 1.0] * len(names),
        unit=_PER_BIT.sub("", attribute(source, "units", "Resolution")) if step else "",
        sampling_rate_hz=_rate(section, settings, where=where),
    )


def _rate(section: etree._Element, settings: etree._Element, *, where: str) -> float:
    source = section if find(section, "SampleRate") is not None else settings
    unit = attribute(source, "units", "SampleRate", "Hz")
    if unit.lower() != "hz":
        raise UnreadableFileError(f"{where}: the unit of SampleRate must be Hz, got {unit[:20]!r}")
    return number(text(source, "SampleRate"), where=where, what="SampleRate")


def _counts(section: etree._Element, settings: etree._Element, *, held: tuple[int, int], where: str) -> tuple[str, ...]:
    """Return what the declared counts leave unexplained; fewer samples than declared are refused."""
    notes = []
    for tag, count in zip(("NumberOfLeads", "ChannelSampleCountTotal"), held, strict=True):
        said = text(section, tag) or text(settings, tag)
        if not said:
            continue
        declared = number(said, where=where, what=tag)
        if declared > count and tag != "NumberOfLeads":
            raise UnreadableFileError(f"{where}: leads hold {count} samples, {tag} is {said[:20]}: export it again")
        if declared != count:
            notes.append(f"{tag} is {said[:20]}, {count} are held and read")
    return tuple(notes)


def _words(element: etree._Element) -> str:
    """Return the text of an element, also that which follows a child."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def _samples(words: str, *, where: str, what: str) -> NDArray[Any]:
    """Return the numbers of a list, as int16 or int32 where they are whole and small enough."""
    values = numbers(words, where=where, what=what, separator=",")
    if not np.isfinite(values).all():
        raise UnreadableFileError(f"{where}: {what} holds something else than numbers: export it again")
    for kind in (np.int16, np.int32):
        limits = np.iinfo(kind)
        if values.size and (values.min() < limits.min or values.max() > limits.max):
            continue
        whole = values.astype(kind)
        if (whole == values).all():
            return whole
    return values
