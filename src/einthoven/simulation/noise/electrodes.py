"""The nine electrodes behind the 12 leads: leads are differences, so what an electrode picks up is in several.

I = LA - RA, II = LL - RA, Vi = Ci - (RA + LA + LL) / 3 (Einthoven 1908, Wilson 1934). Einthoven's law therefore
holds for noise as it does for the heart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.errors import SpecificationError
from einthoven.simulation.noise.parameters import section
from einthoven.simulation.waveform import INDEPENDENT_LEADS

__all__ = ["ELECTRODES", "LEADS_FROM_ELECTRODES", "Source", "common", "in_places", "rewired"]

ELECTRODES = ("RA", "LA", "LL", "C1", "C2", "C3", "C4", "C5", "C6")


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Noise of one origin: what electrode e picks up is ``weights[e] @ signals``.

    Attributes
    ----------
    weights : float32 (9, source), microvolts
    signals : float32 (source, sample), of unit size
    """

    weights: NDArray[np.float32]
    signals: NDArray[np.float32]


def in_places(level_uv: NDArray[np.float32], *, shared: float) -> NDArray[np.float32]:
    """Return float32 (9, 9), microvolts: what nine independent signals of unit size give at the electrodes.

    Neighbours on the chest have much in common, electrodes far apart nothing. What the limbs pick up has no part that
    all three share, so that nothing of it is in Wilson's terminal: in PTB-XL the noise of V1 has nothing to do with
    that of V6, and that of the limb leads nothing with that of the chest leads.

    Parameters
    ----------
    level_uv : float32 (9,)
        Of each electrode.
    shared : float in [0, 1)
        Correlation of two chest electrodes at one place.
    """
    weights = level_uv[:, None] * common(shared)
    limbs = weights[:3]
    limbs -= np.add.reduce(limbs) / 3
    return weights


@lru_cache(maxsize=8)
def common(shared: float) -> NDArray[np.float32]:
    """Return float32 (9, 9): rows of unit length, whose products are the correlations of the electrodes."""
    parameters = section("places")
    places = np.array(parameters["chest_cm"])
    apart_cm = np.abs(places[:, None] - places)
    correlation = np.eye(len(ELECTRODES))
    correlation[3:, 3:] = shared * np.exp(-apart_cm / parameters["reach_cm"])
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(np.linalg.cholesky(correlation), dtype=np.float32)


def rewired(exchanged: tuple[str, str] | None, missing: str | None) -> NDArray[np.float32]:
    """Return float32 (8, 8): what becomes of the heart's leads when electrodes are exchanged, or one is off.

    An electrode that is off carries the mean of the limbs' potentials: the input of an amplifier is tied to it.

    Raises
    ------
    SpecificationError
        For a name that is no electrode.

    Examples
    --------
    >>> rewired(("RA", "LA"), None)[0].round(2).tolist()[:2]
    [-1.0, 0.0]
    """
    named = [*(exchanged or ()), *([missing] if missing else [])]
    if unknown := [name for name in named if name not in ELECTRODES]:
        raise SpecificationError(f"electrodes are {', '.join(ELECTRODES)}; got {', '.join(unknown)}")
    wiring = np.eye(len(ELECTRODES))
    if exchanged:
        one, other = (ELECTRODES.index(name) for name in exchanged)
        wiring[[one, other]] = wiring[[other, one]]
    if missing:
        wiring[ELECTRODES.index(missing)] = 0
    return np.asarray(LEADS_FROM_ELECTRODES @ wiring @ _ELECTRODES_FROM_LEADS, dtype=np.float32)


def _leads_from_electrodes() -> NDArray[np.float64]:
    """Return float64 (8, 9)."""
    matrix = np.zeros((len(INDEPENDENT_LEADS), len(ELECTRODES)))
    matrix[0, [1, 0]] = 1, -1
    matrix[1, [2, 0]] = 1, -1
    matrix[2:, :3] = -1 / 3
    matrix[2:, 3:] = np.eye(6)
    return matrix


LEADS_FROM_ELECTRODES = _leads_from_electrodes()
# the mean of the limbs' potentials is 0 (Wilson's terminal), which makes the inverse unique
_ELECTRODES_FROM_LEADS = np.linalg.inv(np.vstack([LEADS_FROM_ELECTRODES, [1, 1, 1, *[0] * 6]]))[:, :-1]
