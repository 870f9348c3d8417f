"""One ECG as every part of einthoven sees it, whatever file it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import LeadError, SignalError, UnitError

__all__ = [
    "MAX_RATE_HZ",
    "MIN_RATE_HZ",
    "Annotation",
    "MedianBeat",
    "Provenance",
    "Record",
    "Sex",
    "TimeKind",
    "Unit",
    "rate_error",
]

# no recorder of ECGs comes near; a rate beyond is a damaged header, and would make resampling fill the memory
MIN_RATE_HZ = 1.0
MAX_RATE_HZ = 100_000.0

Sex = Literal["F", "M", "U"]
Unit = Literal["mV", "arbitrary"]
TimeKind = Literal["utc", "naive", "unknown"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record's numbers come from and what the reader did to them.

    Attributes
    ----------
    reader, reader_version : str
        Name in the table of formats, and einthoven's version of it.
    source_path : str
    source_sha256 : str
        Over the bytes of the file or files, in reading order; empty when the record never was a file.
    original_unit : str
        As the file spells it, for example ``uV``.
    original_step_mv : tuple of float
        What one stored unit of each of ``leads_stored`` is worth (the gain, inverted); empty where samples were stored
        as floating-point amplitudes.
    leads_stored : tuple of str
        Leads that the file holds, in canonical order.
    leads_derived : tuple of str
        Leads that were computed from others, not stored.
    device_filters : tuple of str
        What the device did to the signal before it was stored, for example ``low-pass 150 Hz``.
    deidentification : str
        How direct identifiers were removed, when they were.
    resampling : str
        What the file says about a rate that isn't the original one.
    notes : tuple of str
        What a human should know: a wrong checksum that was accepted, a label that was read as an alias.
    """

    reader: str
    reader_version: str
    source_path: str = ""
    source_sha256: str = ""
    original_unit: str = ""
    original_step_mv: tuple[float, ...] = ()
    leads_stored: tuple[str, ...] = ()
    leads_derived: tuple[str, ...] = ()
    device_filters: tuple[str, ...] = ()
    resampling: str = ""
    deidentification: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """A mark that device or reader set: ``label`` at ``time_s`` from the first sample, in one lead or (None) in all."""

    time_s: float
    label: str
    lead: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MedianBeat:
    """The representative beat that the device computed: ``signal`` float32 (lead, sample), mV."""

    signal: NDArray[np.float32]
    leads: tuple[str, ...]
    sampling_rate_hz: float


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One ECG.

    Attributes
    ----------
    signal : float32 (lead, sample), mV, or without unit when ``unit`` is ``arbitrary``
        NaN marks samples that the recorder had not got.
    leads : tuple of str
        Canonical names (``einthoven.ecg.leads``), in the order of the rows.
    sampling_rate_hz : float
    record_id : str
    patient_id : str, optional
    time : datetime, optional
        Start of the recording; aware (UTC) when ``time_kind`` is ``utc``, naive when it is ``naive``.
    age_years : float, optional
    sex : ``F``, ``M`` or ``U``
    device : str, optional
    measurements : mapping of str to float
        The machine's own, when the file has them; names as in ``ecg/formats/measurement_names.py``.
    lead_measurements : mapping of lead to mapping of str to float
        The same lead by lead (the measurement matrix).
    statements : tuple of str
        Diagnostic statements, verbatim; as confirmed by the reader where there was one.
    original_statements : tuple of str
        What the machine had said before, where the file keeps it.
    median_beat : MedianBeat, optional
    annotations : tuple of Annotation
    unit : ``mV`` or ``arbitrary``
        ``arbitrary`` only when declared by a human; never guessed.
    provenance : Provenance

    Raises
    ------
    SignalError, LeadError, UnitError
        When shape, lead names or unit contradict each other.
    """

    signal: NDArray[np.float32]
    leads: tuple[str, ...]
    sampling_rate_hz: float
    record_id: str
    patient_id: str | None = None
    time: datetime | None = None
    time_kind: TimeKind = "unknown"
    age_years: float | None = None
    sex: Sex = "U"
    device: str | None = None
    measurements: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    lead_measurements: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: MappingProxyType({}))
    statements: tuple[str, ...] = ()
    original_statements: tuple[str, ...] = ()
    median_beat: MedianBeat | None = None
    annotations: tuple[Annotation, ...] = ()
    unit: Unit = "mV"
    provenance: Provenance = field(default_factory=lambda: Provenance("memory", "1"))

    def __post_init__(self) -> None:
        if self.signal.ndim != 2 or self.signal.dtype != np.float32:
            raise SignalError(
                f"signal must be float32 (lead, sample), got {self.signal.dtype} {self.signal.shape} "
                f"in record {self.record_id}"
            )
        if len(self.leads) != self.signal.shape[0] or len(set(self.leads)) != len(self.leads):
            raise LeadError(
                f"leads must name each of the {self.signal.shape[0]} rows once, got {list(self.leads)} "
                f"in record {self.record_id}"
            )
        if self.signal.shape[1] == 0:
            raise SignalError(f"record {self.record_id} holds no samples")
        if not MIN_RATE_HZ <= self.sampling_rate_hz <= MAX_RATE_HZ:
            raise rate_error(self.sampling_rate_hz, where=f"record {self.record_id}")
        if self.unit not in ("mV", "arbitrary"):
            raise UnitError(f"unit must be 'mV' or 'arbitrary', got {self.unit!r} in record {self.record_id}")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.signal.shape[1] / self.sampling_rate_hz)


def rate_error(rate_hz: object, *, where: str) -> SignalError:
    """Return the error about a sampling rate that no ECG has."""
    return SignalError(
        f"{where}: sampling rate must be positive, {MIN_RATE_HZ:g} to {MAX_RATE_HZ:,.0f} Hz, got {str(rate_hz)[:40]}"
    )
