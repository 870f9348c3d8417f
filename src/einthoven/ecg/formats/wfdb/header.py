"""Text headers of WFDB records (https://physionet.org/physiotools/wag/header-5.htm), as they are found in the wild."""

from __future__ import annotations

import math
import re
from typing import NamedTuple, NoReturn

from einthoven.ecg.formats.files import MAX_VALUES
from einthoven.ecg.record import MAX_RATE_HZ, MIN_RATE_HZ, rate_error
from einthoven.errors import UnreadableFileError

__all__ = ["MAX_HEADER_BYTES", "Header", "Segment", "SignalLine", "is_header", "parse_header"]

MAX_HEADER_BYTES = 1 << 22  # a day in segments of a second has 2 MB
DEFAULT_RATE_HZ = 250.0  # header(5): "if the sampling frequency is missing, 250 samples per second are assumed"
DEFAULT_GAIN = 200.0  # header(5): gain missing or 0 means uncalibrated, 200 units per millivolt assumed

# far beyond what any recorder writes, and within what float32 and the memory hold
_MIN_GAIN, _MAX_GAIN = 1e-20, 1e30  # the residue of a subtraction, written with its own gain, has 1e22
_MAX_COUNT = 1 << 31
_MAX_SKEWED_VALUES = 10_000_000

_RECORD_LINE = re.compile(rb"[^\s/]+(/\d+)?[ \t]+\d+([ \t]+\d|\s*$)")
_FORMAT = re.compile(r"(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?")
_GAIN = re.compile(r"([-+]?[\d.]+(?:[eE][-+]?\d+)?)(?:\(([-+]?\d+)\))?(?:/(\S+))?")


class SignalLine(NamedTuple):
    """One signal as its header line declares it; ``physical = (digital - baseline) / gain``.

    ``unit`` is empty where none is written (WFDB: millivolts), ``checksum`` None where none is written, ``gain_given``
    tells whether the gain stands in the header.
    """

    file_name: str
    format: int
    samples_per_frame: int
    skew: int
    byte_offset: int
    gain: float
    gain_given: bool
    baseline: int
    unit: str
    checksum: int | None
    name: str


class Segment(NamedTuple):
    """One part of a multi-segment record."""

    name: str
    n_samples: int


class Header(NamedTuple):
    """A parsed header; ``n_samples`` is 0 where it is not written, ``start`` holds the words of time and date."""

    record_name: str
    rate_hz: float
    n_samples: int
    start: tuple[str, ...]
    signals: tuple[SignalLine, ...]
    segments: tuple[Segment, ...]
    comments: tuple[str, ...]


def is_header(content: bytes) -> bool:
    """Return whether bytes look like the beginning of a WFDB header.

    Examples
    --------
    >>> is_header(b"# made by hand" + bytes([10]) + b"rec 12 500 5000"), is_header(b"record_id,age")
    (True, False)
    """
    if b"\0" in content:
        return False
    for line in content.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith(b"#"):
            return _RECORD_LINE.match(stripped) is not None
    return False


def parse_header(content: bytes, *, path: str) -> Header:
    """Return what a header says.

    Raises
    ------
    UnreadableFileError
        When it is no WFDB header, or contradicts itself.
    """
    if b"\0" in content:
        _refuse(path, "it holds binary data")
    lines, comments = _lines(content)
    if not lines:
        _refuse(path, "it has no record line")
    name, n_segments, n_signals, rate_hz, n_samples, start = _record_line(lines[0], path)
    if n_segments is not None:
        segments = tuple(_segment(line, path) for line in lines[1:])
        if len(segments) != n_segments:
            _refuse(path, f"it declares {n_segments} segments and names {len(segments)}")
        return Header(name, rate_hz, n_samples, start, (), segments, comments)
    if len(lines) - 1 != n_signals:
        _refuse(path, f"it declares {n_signals} signals and describes {len(lines) - 1}")
    signals = _signal_lines(lines[1:], path)
    per_frame = sum([line.samples_per_frame for line in signals])
    if per_frame * max(n_samples, 1) > MAX_VALUES:
        _refuse(path, f"it declares {n_signals} x {n_samples} samples, more than {MAX_VALUES} in all")
    if any(abs(line.baseline) >= _MAX_COUNT for line in signals):
        _refuse(path, "it holds a zero of the converter beyond 32 bits")
    if max((line.skew for line in signals), default=0) * per_frame > _MAX_SKEWED_VALUES:
        _refuse(path, "its signals are shifted against each other by more than a recording")
    return Header(name, rate_hz, n_samples, start, signals, (), comments)


def _lines(content: bytes) -> tuple[list[str], tuple[str, ...]]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # every byte is a character: names of patients in old headers
    lines, comments = [], []
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("#"):
            comments.append(line[1:].strip())
        elif line:
            lines.append(line)
    return lines, tuple(comments)


class _RecordLine(NamedTuple):
    name: str
    n_segments: int | None
    n_signals: int
    rate_hz: float
    n_samples: int
    start: tuple[str, ...]


def _record_line(line: str, path: str) -> _RecordLine:
    words = line.split()
    name, slash, segments = words[0].partition("/")
    try:
        n_signals = int(words[1])
        rate_hz = float(words[2].split("/")[0].split("(")[0]) if len(words) > 2 else DEFAULT_RATE_HZ
        n_samples = int(words[3]) if len(words) > 3 else 0
        n_segments = int(segments) if slash else None
    except (ValueError, IndexError):
        _refuse(path, f"its record line is {line[:80]!r}")
    if n_signals < 0 or n_samples < 0 or (n_segments is not None and n_segments < 1):
        _refuse(path, f"its record line {line[:80]!r} holds a negative size")
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise rate_error(words[2], where=path)
    return _RecordLine(name, n_segments, n_signals, rate_hz, n_samples, tuple(words[4:]))


def _segment(line: str, path: str) -> Segment:
    words = line.split()
    try:
        segment = Segment(words[0], int(words[1]))
    except (ValueError, IndexError):
        _refuse(path, f"its segment line is {line[:80]!r}")
    if segment.n_samples < 0:
        _refuse(path, f"its segment line {line[:80]!r} holds a negative size")
    return segment


class _Layout(NamedTuple):
    """The second and third word of a signal line; ``third_is_gain`` is false where the gain is left out."""

    format: int
    samples_per_frame: int
    skew: int
    byte_offset: int
    gain: float
    baseline: int | None
    unit: str
    third_is_gain: bool


def _signal_lines(lines: list[str], path: str) -> tuple[SignalLine, ...]:
    layouts: dict[tuple[str, ...], _Layout] = {}  # the signals of a record mostly share theirs
    signals = []
    for line in lines:
        words = line.split(None, 8)
        key = tuple(words[1:3])
        layout = layouts.get(key)
        if layout is None:
            layout = layouts[key] = _layout(words, line, path)
        signals.append(_signal_line(words, layout, line))
    return tuple(signals)


def _signal_line(words: list[str], layout: _Layout, line: str) -> SignalLine:
    first = 3 if layout.third_is_gain else 2
    numbers = _leading_integers(words[first : first + 5])  # resolution, zero, first value, checksum, block size
    n_words = first + len(numbers)
    zero = numbers[1] if len(numbers) > 1 else 0
    return SignalLine(
        words[0],
        layout.format,
        layout.samples_per_frame,
        layout.skew,
        layout.byte_offset,
        layout.gain or DEFAULT_GAIN,
        layout.third_is_gain and layout.gain != 0,
        zero if layout.baseline is None else layout.baseline,
        layout.unit,
        numbers[3] if len(numbers) > 3 else None,
        words[8] if n_words == 8 and len(words) == 9 else " ".join(line.split()[n_words:]),
    )


def _leading_integers(words: list[str]) -> list[int]:
    try:
        return [*map(int, words)]
    except ValueError:
        pass
    numbers: list[int] = []
    for word in words:
        try:
            numbers.append(int(word))
        except ValueError:
            break
    return numbers


def _layout(words: list[str], line: str, path: str) -> _Layout:
    storage = _FORMAT.fullmatch(words[1]) if len(words) > 1 else None
    if storage is None:
        _refuse(path, f"its signal line {line[:80]!r} names no file and format")
    form, per_frame, skew, offset = (_count(digits, line, path) for digits in storage.groups())
    calibration = _GAIN.fullmatch(words[2]) if len(words) > 2 else None
    if calibration is None:
        return _Layout(form, per_frame or 1, skew, offset, DEFAULT_GAIN, None, "", third_is_gain=False)
    value, baseline, unit = calibration.groups()
    try:
        gain = float(value)
    except ValueError:
        gain = math.nan
    if gain and not _MIN_GAIN <= abs(gain) <= _MAX_GAIN:
        _refuse(path, f"its signal line {line[:80]!r} holds no usable gain")
    zero = None if baseline is None else _count(baseline, line, path)
    return _Layout(form, per_frame or 1, skew, offset, gain, zero, unit or "", third_is_gain=True)


def _count(digits: str | None, line: str, path: str) -> int:
    try:
        count = int(digits or 0)
    except ValueError:  # Python reads no number of thousands of digits
        count = _MAX_COUNT
    if abs(count) >= _MAX_COUNT:
        _refuse(path, f"its signal line {line[:80]!r} holds a number that is too large")
    return count


def _refuse(path: str, why: str) -> NoReturn:
    raise UnreadableFileError(f"{path} is not a WFDB header that can be read: {why}; fetch or export the record again")
