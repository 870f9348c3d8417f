"""WFDB records: a header and a signal file in format 16, one gain per lead (header(5) and signal(5) of PhysioNet)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from einthoven.ecg.formats.quantise import Quantised, quantise
from einthoven.ecg.record import Record

__all__ = ["encode", "record_name"]

ABSENT = -32768  # signal(5): the value of format 16 for a sample that was not recorded
_MAX_LINE = 255  # characters, header(5)
_SEX_WORDS = {"F": "Female", "M": "Male"}


def encode(record: Record, path: Path) -> dict[str, bytes]:
    """Return header and signal file; both bear the name of the WFDB record, which ``path`` gives.

    Parameters
    ----------
    record : Record
    path : Path
        ``.hea``, ``.dat`` or no suffix; what WFDB allows in no name becomes an underscore.

    Raises
    ------
    UnitError
        When the record is in arbitrary units.

    Notes
    -----
    Age, sex and diagnoses stand in the comments that the PhysioNet challenges use. WFDB has no zone: a time that is
    known to be UTC is written as such and said to be so in a comment.
    """
    name = record_name(path)
    quantised = quantise(record)
    stored = quantised.digital
    if quantised.absent is not None:
        stored = np.where(quantised.absent, np.int16(ABSENT), stored)
    lines = [_record_line(record, name), *_signal_lines(record, quantised, stored, name), *_comments(record)]
    return {
        f"{name}.hea": ("\n".join(lines) + "\n").encode(),
        f"{name}.dat": stored.T.astype("<i2").tobytes(),
    }


def record_name(path: Path) -> str:
    """Return the name of a record that is to be written as ``path``: letters, digits, underscores and hyphens.

    Examples
    --------
    >>> record_name(Path("out/Müller 12.hea")), record_name(Path("2.25.17"))
    ('M_ller_12', '2_25_17')
    """
    stem = path.stem if path.suffix.lower() in {".hea", ".dat"} else path.name
    return re.sub(r"[^A-Za-z0-9_-]", "_", stem) or "record"


def _record_line(record: Record, name: str) -> str:
    line = f"{name} {len(record.leads)} {_number(record.sampling_rate_hz)} {record.signal.shape[1]}"
    if record.time is None:
        return line
    return f"{line} {record.time:%H:%M:%S}.{record.time.microsecond:06d} {record.time:%d/%m}/{record.time.year:04d}"


def _signal_lines(record: Record, quantised: Quantised, stored: np.ndarray, name: str) -> Iterator[str]:
    sums = np.add.reduce(stored, axis=1, dtype=np.int64) & 0xFFFF
    for lead, row, step_mv, total in zip(record.leads, stored, quantised.step_mv, sums.tolist(), strict=True):
        yield f"{name}.dat 16 {1 / step_mv:.15g}(0)/mV 16 0 {row[0]} {total} 0 {lead}"


def _comments(record: Record) -> Iterator[str]:
    if record.age_years is not None:
        yield f"#Age: {_number(record.age_years)}"
    if record.sex in _SEX_WORDS:
        yield f"#Sex: {_SEX_WORDS[record.sex]}"
    if record.time_kind == "utc":
        yield "#Time zone: UTC"
    if record.provenance.deidentification:
        yield f"#De-identified: {_one_line(record.provenance.deidentification)}"
    statements = [line for line in map(_one_line, record.statements) if line]
    if not statements:
        return
    joined = f"#Dx: {','.join(statements)}"
    if len(joined) <= _MAX_LINE and not any("," in statement for statement in statements):
        yield joined
    else:  # as in the Lobachevsky database: a heading, then one diagnosis a line
        yield "#<Diagnoses>:"
        yield from (f"#{statement}" for statement in statements)


def _number(value: float) -> str:
    """Return the shortest spelling that gives the number back."""
    return repr(float(value)).removesuffix(".0")


def _one_line(text: str) -> str:
    return " ".join(text.split())
