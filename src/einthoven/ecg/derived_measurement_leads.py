"""The limb leads that a record lacks, computed in its representative beat from two that it has.

Eight leads hold what twelve show (``leads.derive_limb_leads``), so Cornell's criterion needs no stored aVL. A derived
lead has amplitudes and areas, and no borders of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.leads import LIMB_LEADS, derive_limb_leads
from einthoven.ecg.representative_beat import RepresentativeBeat

__all__ = ["CompletedBeat", "completed_beat"]


@dataclass(frozen=True, slots=True, eq=False)
class CompletedBeat:
    """A representative beat with all limb leads that can be known.

    Attributes
    ----------
    beat : RepresentativeBeat
    lead_marks_ms : float64 (lead, 9), ms from the fiducial
        NaN for derived leads.
    leads : tuple of str
        Those of the record, then the derived ones.
    usable : bool (lead,)
    n_derived : int
    """

    beat: RepresentativeBeat
    lead_marks_ms: NDArray[np.float64]
    leads: tuple[str, ...]
    usable: NDArray[np.bool_]
    n_derived: int


def completed_beat(
    beat: RepresentativeBeat,
    lead_marks_ms: NDArray[np.float64],
    leads: tuple[str, ...],
    usable: NDArray[np.bool_],
    *,
    in_mv: bool,
) -> CompletedBeat:
    """Return the beat with the limb leads that the record lacks; as it is without two usable ones, or without unit.

    Parameters
    ----------
    beat : RepresentativeBeat
    lead_marks_ms : float64 (lead, 9)
    leads : tuple of str
    usable : bool (lead,)
    in_mv : bool
        Leads in arbitrary units may each have a scale of their own.
    """
    missing = tuple(lead for lead in LIMB_LEADS if lead not in leads)
    sources = [leads.index(lead) for lead in LIMB_LEADS if lead in leads and usable[leads.index(lead)]][:2]
    if not missing or len(sources) < 2 or not in_mv:
        return CompletedBeat(beat, lead_marks_ms, leads, usable, 0)
    weights = _weights((leads[sources[0]], leads[sources[1]]), missing)
    noise = np.sqrt(np.square(weights) @ np.square(beat.noise[sources]))
    completed = RepresentativeBeat(
        np.concatenate([beat.signal, weights @ beat.signal[sources]]),
        beat.fiducial,
        beat.beats,
        np.concatenate([beat.noise, noise]),
    )
    marks = np.concatenate([lead_marks_ms, np.full((len(missing), lead_marks_ms.shape[1]), np.nan)])
    return CompletedBeat(completed, marks, leads + missing, np.append(usable, [True] * len(missing)), len(missing))


@lru_cache(maxsize=64)
def _weights(sources: tuple[str, str], missing: tuple[str, ...]) -> NDArray[np.float32]:
    """Return float32 (missing, 2): each missing lead as a sum of the two sources."""
    complete = derive_limb_leads(np.eye(2, dtype=np.float32), sources)
    return complete.signal[[complete.leads.index(lead) for lead in missing]]
