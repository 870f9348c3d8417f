"""How each beat differs from the next: the heart vector turns and changes in size with breathing and by chance.

Respiration can be read from both (Moody et al., Comput Cardiol 1985;12:113); what is left varies by chance
(Schijvenaars et al. 2008, doi:10.1016/j.jelectrocard.2008.01.012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from einthoven.simulation.rhythm.breathing import Breathing
from einthoven.simulation.rhythm.parameters import bounded_normal, section

__all__ = ["Variation", "draw_variation"]

_PARAMETERS = section("variation")
_BEAT_SD = np.array([_PARAMETERS["beat_amplitude_share_sd"], *[math.radians(_PARAMETERS["beat_rotation_deg_sd"])] * 3])

# rates of turning about the axes left, down and back: the cross product with each
_TURNS = np.array(
    [[[0, 0, 0], [0, 0, -1], [0, 1, 0]], [[0, 0, 1], [0, 0, 0], [-1, 0, 0]], [[0, -1, 0], [1, 0, 0], [0, 0, 0]]],
    dtype=np.float32,
)


@dataclass(frozen=True, slots=True, eq=False)
class Variation:
    """What one record's beats have in common in how they vary.

    Attributes
    ----------
    breathing : Breathing
    amplitude_share : float
        By which amplitudes swell with breathing.
    rotation : float64 (3,), rad
        About the axes left, down and back, when the chest is lifted.
    basis : float32 (4, 64)
        In the eight leads: no change, and a turn of 1 rad about each axis.
    """

    breathing: Breathing
    amplitude_share: float
    rotation: NDArray[np.float64]
    basis: NDArray[np.float32]

    def changes(self, times_s: NDArray[np.float64], *, random: np.random.Generator) -> NDArray[np.float32]:
        """Return float32 (beat, 8, 8): what each beat's wave is multiplied with from the left."""
        depth = np.sin(2 * math.pi * self.breathing.rate_hz * times_s + self.breathing.phase)
        chance = random.standard_normal((times_s.size, 4))
        chance *= _BEAT_SD
        chance += depth[:, None] * np.array([self.amplitude_share, *self.rotation.tolist()])
        chance[:, 0] += 1
        return (chance.astype(np.float32) @ self.basis).reshape(-1, 8, 8)


def draw_variation(breathing: Breathing, *, directions: NDArray[np.float32], random: np.random.Generator) -> Variation:
    """Return the variation of one record; ``directions`` float32 (8, 3) takes a dipole to the leads."""
    angle = math.radians(bounded_normal(_PARAMETERS["respiratory_rotation_deg"], random=random))
    axis = random.standard_normal(3)
    length = math.hypot(*axis.tolist())
    return Variation(
        breathing=breathing,
        amplitude_share=bounded_normal(_PARAMETERS["respiratory_amplitude_share"], random=random),
        rotation=axis * (angle / length),
        basis=_basis(directions),
    )


def _basis(directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the turns as they appear in the leads; what no single dipole explains doesn't turn."""
    square = directions.T @ directions
    square += 1e-6 * max(float(square.trace()), 1e-6) * np.eye(3, dtype=np.float32)
    _, to_dipole, _ = lapack.sposv(square, directions.T)
    basis = np.empty((4, 8, 8), dtype=np.float32)
    basis[0] = np.eye(8)
    np.matmul(directions @ _TURNS, to_dipole, out=basis[1:])
    return basis.reshape(4, 64)
