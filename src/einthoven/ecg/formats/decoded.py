"""What a decoder finds in a file, before leads are put in order and amplitudes become millivolts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.record import Annotation, Sex

__all__ = ["About", "Channels", "Decoded"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Channels:
    """Signals of one rate, as stored; ``amplitude = digital * step + offset``, in ``unit``.

    Attributes
    ----------
    digital : integer or float (channel, sample)
        After decompression, before any scaling.
    names : sequence of str
        As the file spells them.
    step : sequence of float
        What one digital unit is worth, in ``unit``, per channel.
    unit : sequence of str, or str for all
        As the file spells it; empty where it doesn't say.
    sampling_rate_hz : float
    offset : sequence of float, optional
        In ``unit``, per channel; 0 when left out.
    absent : bool (channel, sample), optional
        Samples that the recorder had not got.
    """

    digital: NDArray[Any]
    names: Sequence[str]
    step: Sequence[float]
    unit: Sequence[str] | str
    sampling_rate_hz: float
    offset: Sequence[float] = ()
    absent: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class About:
    """Everything but the signal. Attributes as in ``Record``, but for those below.

    Attributes
    ----------
    time : datetime, optional
        Aware when the file gives the zone, else naive.
    identifiers : sequence of str
        Every direct identifier, as the file spells it: the patient's names, numbers, date of birth, address; order and
        accession numbers; staff; institution; the device's serial number. Empty strings are ignored.
    """

    patient_id: str | None = None
    time: datetime | None = None
    age_years: float | None = None
    sex: Sex = "U"
    device: str | None = None
    measurements: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    lead_measurements: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: MappingProxyType({}))
    statements: Sequence[str] = ()
    original_statements: Sequence[str] = ()
    identifiers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Decoded:
    """One ECG file.

    Attributes
    ----------
    rhythm : Channels
        The recording itself.
    about : About
    median_beat : Channels, optional
        The representative beat, where the device stored one.
    annotations : sequence of Annotation
    device_filters : sequence of str
        What the device did to the signal before it was stored, for example ``low-pass 150 Hz``.
    resampling : str
        What the file says about a rate that isn't the original one.
    notes : sequence of str
        What a human should know.
    """

    rhythm: Channels
    about: About = field(default_factory=About)
    median_beat: Channels | None = None
    annotations: Sequence[Annotation] = ()
    device_filters: Sequence[str] = ()
    resampling: str = ""
    notes: Sequence[str] = ()
