"""The header of EDF, EDF+, BDF and BDF+ files: fixed fields of ASCII, 256 bytes and 256 more for each signal.

Kemp et al., Electroencephalogr Clin Neurophysiol 1992 (doi:10.1016/0013-4694(92)90009-7); EDF+: Kemp and Olivan, Clin
Neurophysiol 2003 (doi:10.1016/S1388-2457(03)00123-8); BDF is the same with samples of 24 bits and a first byte of 255.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from einthoven.errors import UnitError, UnreadableFileError

__all__ = ["EdfHeader", "EdfSignal", "parse_header", "recognises"]

_BDF = b"\xffBIOSEMI"
MAX_SIGNALS = 256
# field of one signal -> its width; all labels come first, then all transducers, and so on
_SIGNAL_FIELDS = {
    "label": 16,
    "transducer": 80,
    "unit": 8,
    "physical_min": 8,
    "physical_max": 8,
    "digital_min": 8,
    "digital_max": 8,
    "prefiltering": 80,
    "samples_per_record": 8,
    "reserved": 32,
}
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d{1,2})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdfSignal:
    """One signal as the header describes it; texts as spelled."""

    label: str
    unit: str
    physical_min: str
    physical_max: str
    digital_min: str
    digital_max: str
    prefiltering: str
    samples_per_record: int

    @property
    def is_annotation(self) -> bool:
        """Whether it holds annotations of EDF+ instead of samples."""
        return self.label in {"EDF Annotations", "BDF Annotations"}

    def step_and_offset(self, *, where: str) -> tuple[float, float]:
        """Return what one digital unit is worth and the amplitude of digital 0, in ``unit``.

        ``step = (physical max - min) / (digital max - min)``; negative where the polarity is inverted.

        Raises
        ------
        UnitError
            When a range is empty or no number.
        """
        scale = _step_and_offset(self.physical_min, self.physical_max, self.digital_min, self.digital_max)
        if scale is not None:
            return scale
        raise UnitError(
            f"{where}: signal {self.label!r} maps digital {self.digital_min!r} to {self.digital_max!r} on physical "
            f"{self.physical_min!r} to {self.physical_max!r}, which gives no amplitude: export it again"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EdfHeader:
    """What the header says; ``n_records`` is -1 where the recorder was still running."""

    is_bdf: bool
    is_plus: bool
    is_discontinuous: bool
    patient: str
    recording: str
    start_date: str
    start_time: str
    n_records: int
    record_s: Fraction
    signals: tuple[EdfSignal, ...]

    @property
    def n_bytes(self) -> int:
        """Length of the header."""
        return 256 * (1 + len(self.signals))

    @property
    def sample_bytes(self) -> int:
        """Length of one sample."""
        return 3 if self.is_bdf else 2

    @property
    def record_bytes(self) -> int:
        """Length of one data record."""
        return self.sample_bytes * sum(signal.samples_per_record for signal in self.signals)

    def first_sample(self, index: int) -> int:
        """Return where a signal begins in a data record, in samples."""
        return sum(signal.samples_per_record for signal in self.signals[:index])

    def rate_hz(self, signal: EdfSignal) -> float:
        """Return the sampling rate of a signal."""
        return float(signal.samples_per_record / self.record_s)


def recognises(head: bytes) -> bool:
    """Whether the first bytes are those of an EDF or BDF file: the version, and a length that fits the signal count."""
    if len(head) < 256 or (head[:8] != _BDF and head[:8].rstrip(b" \0") != b"0"):
        return False
    length, count = head[184:192].strip(b" \0"), head[252:256].strip(b" \0")
    return length.isdigit() and count.isdigit() and int(length) == 256 * (1 + int(count))


def parse_header(content: bytes, *, where: str) -> EdfHeader:
    """Return the header of a file.

    Raises
    ------
    UnreadableFileError
        When a field that the layout depends on is missing or no number.
    """
    if len(content) < 256 or (content[:8] != _BDF and content[:8].rstrip(b" \0") != b"0"):
        raise UnreadableFileError(f"{where} is no EDF or BDF file: it has to begin with '0' or 255 'BIOSEMI'")
    n_signals = _whole(content, 252, 256, what="number of signals", where=where)
    if not 0 < n_signals <= MAX_SIGNALS:
        raise UnreadableFileError(f"{where} declares {n_signals} signals, 1 to {MAX_SIGNALS} are read")
    length = _whole(content, 184, 192, what="length of the header", where=where)
    if length != 256 * (1 + n_signals) or length > len(content):
        raise UnreadableFileError(
            f"{where} declares a header of {length} bytes, {n_signals} signals take {256 * (1 + n_signals)}, "
            f"the file has {len(content)}: export it again"
        )
    reserved = _text(content, 192, 236)
    record_s = _decimal(_text(content, 244, 252))
    if record_s.startswith("-") or not record_s:
        raise UnreadableFileError(f"{where}: the duration of a record (byte 244) is no time: export it again")
    return EdfHeader(
        is_bdf=content[:8] == _BDF,
        is_plus=reserved[1:4] == "DF+",
        is_discontinuous=reserved[1:5] == "DF+D",
        patient=_text(content, 8, 88),
        recording=_text(content, 88, 168),
        start_date=_text(content, 168, 176),
        start_time=_text(content, 176, 184),
        n_records=_whole(content, 236, 244, what="number of data records", where=where),
        record_s=Fraction(record_s),
        signals=_signals(content, n_signals, where=where),
    )


def _signals(content: bytes, n_signals: int, *, where: str) -> tuple[EdfSignal, ...]:
    text = content[256 : 256 * (1 + n_signals)].decode("latin-1").replace("\0", " ")
    columns: dict[str, list[str]] = {}
    begin = 0
    for field, width in _SIGNAL_FIELDS.items():
        starts = range(begin, begin + width * n_signals, width)
        columns[field] = [text[start : start + width].strip() for start in starts]
        begin = starts.stop
    counts = columns["samples_per_record"]
    wrong = [(label, count) for label, count in zip(columns["label"], counts, strict=True) if not count.isdecimal()]
    if wrong:
        raise UnreadableFileError(
            f"{where}: signal {wrong[0][0]!r} has {wrong[0][1]!r} samples a record: export it again"
        )
    return tuple(
        EdfSignal(
            label=columns["label"][index],
            unit=columns["unit"][index],
            physical_min=columns["physical_min"][index],
            physical_max=columns["physical_max"][index],
            digital_min=columns["digital_min"][index],
            digital_max=columns["digital_max"][index],
            prefiltering=columns["prefiltering"][index],
            samples_per_record=int(counts[index]),
        )
        for index in range(n_signals)
    )


def _text(content: bytes, start: int, stop: int) -> str:
    return content[start:stop].decode("latin-1").replace("\0", " ").strip()


def _whole(content: bytes, start: int, stop: int, *, what: str, where: str) -> int:
    text = _text(content, start, stop)
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        raise UnreadableFileError(f"{where}: the {what} (byte {start}) is {text!r}, no number: export it again")
    return int(text)


@lru_cache(maxsize=64)  # the signals of a file share a range, and so do the files of an archive
def _step_and_offset(
    physical_min: str, physical_max: str, digital_min: str, digital_max: str
) -> tuple[float, float] | None:
    low, high = _number(physical_min), _number(physical_max)
    digital_low, digital_high = _number(digital_min), _number(digital_max)
    if low is None or high is None or digital_low is None or digital_high is None:
        return None
    if digital_low >= digital_high or low == high:
        return None
    step = (high - low) / (digital_high - digital_low)
    return step, low - digital_low * step


def _number(text: str) -> float | None:
    decimal = _decimal(text)
    return float(decimal) if decimal else None


def _decimal(text: str) -> str:
    """Return a number as Python spells it, empty if it is none; some writers use their country's decimal comma."""
    return text.replace(",", ".") if _NUMBER.fullmatch(text) else ""
