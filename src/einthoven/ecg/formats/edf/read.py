"""EDF, EDF+, BDF and BDF+: what sleep laboratories, Holter systems and research recorders export."""

from __future__ import annotations

import re
from collections.abc import Sequence

from einthoven.ecg.formats.channels_of_one_rate import channels_of_one_rate
from einthoven.ecg.formats.decoded import Channels, Decoded
from einthoven.ecg.formats.edf.annotations import EdfAnnotations, read_annotations
from einthoven.ecg.formats.edf.header import EdfHeader, EdfSignal, parse_header, recognises
from einthoven.ecg.formats.edf.identity import identity
from einthoven.ecg.formats.edf.samples import Timeline, digital_samples, timeline, with_gaps
from einthoven.ecg.formats.single_file import single_file_format
from einthoven.ecg.formats.units import millivolts_per_unit
from einthoven.errors import SignalError, UnitError, UnreadableFileError

__all__ = ["FORMAT", "decode", "device_filters"]

# IEC 60601-2-25 asks for 5 uV of an electrocardiograph, Holter recorders of 8 bits had about 20 uV
COARSE_STEP_MV = 0.025
_FILTERS = {"HP": "high-pass", "LP": "low-pass", "N": "notch"}
_FILTER = re.compile(r"\b(HP|LP|N)(?:OTCH)?\s*[:=]?\s*(\d{1,6}(?:[.,]\d{1,6})?)\s*(m|k)?(?:Hz)?", re.IGNORECASE)
_SCALE = {"": 1.0, "m": 1e-3, "k": 1e3}


def decode(content: bytes, *, where: str) -> Decoded:
    """Return what a file holds.

    Raises
    ------
    UnreadableFileError
        When the file is shorter than its header promises, or its records overlap.
    LeadError
        When no signal is labelled as a standard lead.
    SignalError
        When there are no samples.
    UnitError
        When a signal's range gives no amplitude.
    """
    header = parse_header(content, where=where)
    rows, notes = _chosen(header, where=where)
    n_records, size_notes = _n_records(header, len(content), where=where)
    annotations = read_annotations(content, header, n_records, where=where)
    who = identity(header, onset_s=annotations.onsets_s[0] if annotations.onsets_s else 0.0)
    rhythm, gap_notes = _rhythm(content, header, rows, n_records=n_records, annotations=annotations, where=where)
    lost = annotations.n_durations
    return Decoded(
        rhythm=rhythm,
        about=who.about,
        annotations=annotations.marks,
        device_filters=device_filters([header.signals[row].prefiltering for row in rows]),
        notes=(
            *notes,
            *size_notes,
            *gap_notes,
            *_onset_notes(header, annotations),
            *_step_notes(rhythm, where=where),
            *who.notes,
            *([f"the durations of {lost} annotations are not kept"] if lost else []),
        ),
    )


def device_filters(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the filters that prefiltering texts name, each once; a text that isn't understood stands as it is.

    Examples
    --------
    >>> device_filters(["HP:0.05Hz LP:150Hz N:50Hz", "HP:0.05Hz LP:150Hz N:50Hz"])
    ('high-pass 0.05 Hz', 'low-pass 150 Hz', 'notch 50 Hz')
    """
    found: list[str] = []
    for text in texts:
        named = [
            f"{_FILTERS[kind.upper()]} {float(value.replace(',', '.')) * _SCALE[scale.lower()]:g} Hz"
            for kind, value, scale in _FILTER.findall(text)
        ]
        found += named or ([text] if any(letter.isdigit() for letter in text) else [])
    return tuple(dict.fromkeys(found))


def _chosen(header: EdfHeader, *, where: str) -> tuple[list[int], tuple[str, ...]]:
    """Return the signals to keep, and what is said about those that are left out."""
    signals = [(row, signal) for row, signal in enumerate(header.signals) if not signal.is_annotation]
    labels = [signal.label for _, signal in signals]
    chosen = channels_of_one_rate(labels, [signal.samples_per_record for _, signal in signals])
    if not labels:
        raise SignalError(f"{where} holds annotations only, no samples: leave the record out")
    rows = [signals[index][0] for index in chosen.rows]
    if header.signals[rows[0]].samples_per_record == 0:
        raise SignalError(f"{where} holds no samples: leave the record out")
    return rows, chosen.notes


def _n_records(header: EdfHeader, n_bytes: int, *, where: str) -> tuple[int, list[str]]:
    """Return how many data records there are; -1 in the header means that the recorder was still running."""
    held, rest = divmod(n_bytes - header.n_bytes, header.record_bytes)
    if header.n_records == -1:
        notes = [f"the header doesn't say how many data records there are: {held} are there"]
        notes += [f"{rest} bytes of an unfinished data record are left out"] if rest else []
        n_records = held
    else:
        n_records = header.n_records
        promised = header.n_bytes + n_records * header.record_bytes
        if promised > n_bytes:
            raise UnreadableFileError(
                f"{where} is truncated: its header promises {promised} bytes, it has {n_bytes}: copy it again"
            )
        notes = [f"{n_bytes - promised} bytes behind the last data record are left out"] if n_bytes > promised else []
    if n_records <= 0 or header.record_s == 0:
        raise SignalError(f"{where} holds no samples: leave the record out")
    return n_records, notes


def _onset_notes(header: EdfHeader, annotations: EdfAnnotations) -> list[str]:
    """Return what is wrong with the onsets of a file that calls itself continuous."""
    onsets, record_s = annotations.onsets_s, float(header.record_s)
    if header.is_discontinuous or not onsets:
        return []
    late = max(abs(onset - onsets[0] - record * record_s) for record, onset in enumerate(onsets))
    if late <= record_s:
        return []
    return [f"calls itself continuous, but its data records begin up to {late:g} s from where they then should"]


def _step_notes(rhythm: Channels, *, where: str) -> list[str]:
    """Return a warning of steps that no recorder has: writers mistake the physical range now and then."""
    try:
        worth = [millivolts_per_unit(unit, where=where) for unit in rhythm.unit]
    except UnitError:  # the unit is asked for later
        return []
    coarsest = max(abs(step) * factor for step, factor in zip(rhythm.step, worth, strict=True))
    if coarsest <= COARSE_STEP_MV:
        return []
    told = f"one stored unit is worth {coarsest * 1000:.3g} uV, electrocardiographs store 5 uV or finer"
    return [f"{told}: check the amplitudes, the physical range in the header may be wrong"]


def _rhythm(
    content: bytes,
    header: EdfHeader,
    rows: Sequence[int],
    *,
    n_records: int,
    annotations: EdfAnnotations,
    where: str,
) -> tuple[Channels, tuple[str, ...]]:
    kept = [header.signals[row] for row in rows]
    scales = [signal.step_and_offset(where=where) for signal in kept]
    digital = digital_samples(content, header, n_records, rows)
    line = _timeline(header, kept[0], n_signals=len(rows), annotations=annotations, where=where)
    absent = None
    if line and len(line.pieces) > 1:
        digital, absent = with_gaps(digital, line)
    channels = Channels(
        digital=digital,
        names=[signal.label for signal in kept],
        step=[step for step, _ in scales],
        offset=[offset for _, offset in scales],
        unit=[signal.unit for signal in kept],
        sampling_rate_hz=header.rate_hz(kept[0]),
        absent=absent,
    )
    return channels, line.notes if line else ()


def _timeline(
    header: EdfHeader, signal: EdfSignal, *, n_signals: int, annotations: EdfAnnotations, where: str
) -> Timeline | None:
    """Return where the data records lie in time, None where one follows the other."""
    if not header.is_discontinuous:
        return None
    if not annotations.onsets_s:
        raise UnreadableFileError(f"{where} has gaps (EDF+D), but no signal 'EDF Annotations' that says where")
    return timeline(
        annotations.onsets_s,
        record_s=float(header.record_s),
        rate_hz=header.rate_hz(signal),
        length=signal.samples_per_record,
        n_signals=n_signals,
        where=where,
    )


FORMAT = single_file_format("edf", title="EDF, EDF+, BDF, BDF+", decode=decode, recognises=recognises)
