"""What heart and rhythm agree on: one wave in the eight independent leads, and who makes waves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["INDEPENDENT_LEADS", "WAVE_RATE_HZ", "AtrialKind", "BeatSource", "VentricularKind", "Waveform"]

INDEPENDENT_LEADS = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")  # III, aVR, aVL and aVF follow from I and II
WAVE_RATE_HZ = 1000.0

AtrialKind = Literal["sinus", "ectopic", "retrograde"]
VentricularKind = Literal["conducted", "ectopic", "escape"]


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """One P wave, or one QRS with its ST segment and T wave.

    Attributes
    ----------
    samples : float32 (8, sample), mV, at 1,000 Hz
        In ``INDEPENDENT_LEADS``; zero at both ends.
    onset_ms : float
        Where the wave begins, from the first sample.
    duration_ms : float
        Of P or QRS, as readers mark them.
    t_end_ms : float
        End of T from the first sample; NaN for an atrial wave.
    """

    samples: NDArray[np.float32]
    onset_ms: float
    duration_ms: float
    t_end_ms: float = float("nan")


class BeatSource(Protocol):
    """A heart in one state: gives the waves from which a rhythm composes an ECG."""

    def atrial_wave(self, kind: AtrialKind) -> Waveform:
        """Return the P wave of one kind."""
        ...

    def ventricular_wave(self, kind: VentricularKind, *, rr_ms: float) -> Waveform:
        """Return QRS, ST and T; ``rr_ms`` is the interval to which the QT interval has adapted."""
        ...

    @property
    def atrial_directions(self) -> NDArray[np.float32]:
        """Return float32 (8, 3), mV: what an atrial dipole of size 1 to the left, down or back gives in each lead."""
        ...

    @property
    def spike_direction(self) -> NDArray[np.float32]:
        """Return float32 (8,), mV: a pacing spike of usual height in each lead; zero where nothing paces."""
        ...
