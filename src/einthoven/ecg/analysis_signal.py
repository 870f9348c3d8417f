"""The signal on which beats and waves are looked for: one rate, one band, gaps closed, leads in canonical order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.record import Unit

__all__ = ["RATE_HZ", "AnalysisSignal"]

RATE_HZ = 500
"""Two milliseconds a sample, the step of diagnostic recorders (Kligfield et al. 2007, doi:10.1161/CIRCULATIONAHA.106.180200)."""


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisSignal:
    """A record made ready for beats and waves.

    Attributes
    ----------
    signal : float32 (lead, sample) at ``RATE_HZ``, mV, or without unit when ``unit`` is ``arbitrary``
        Zero-phase band-pass 0.5 to 100 Hz (lower where the record's rate is). Sample k lies at ``k / RATE_HZ`` from the
        start. Gaps are closed by straight lines; a lead that is missing or flat throughout is zero.
    leads : tuple of str
        Those of the 12 in canonical order, then others by name.
    lost : bool (lead, sample)
        True where the recorder had nothing, or a line that does not move.
    usable : bool (lead,)
        False for a lead that is lost for most of the time.
    unit : ``mV`` or ``arbitrary``
    """

    signal: NDArray[np.float32]
    leads: tuple[str, ...]
    lost: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    unit: Unit
