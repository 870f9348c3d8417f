"""A heart that is made of bumps: a P wave, a QRS and a T wave whose places and heights are known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from einthoven.simulation.waveform import AtrialKind, VentricularKind, Waveform
from fakes.synthetic_ecg import DOWER

__all__ = ["DIRECTIONS", "BumpHeart"]

DIRECTIONS = DOWER.astype(np.float32)  # rows I, II, V1 ... V6 by columns left, down, back
_BEFORE_MS = 20  # of silence at both ends of a wave

# vector in mV, start, length: QRS as Q, R, S, then ST and T
_P = {"sinus": (0.08, 0.1, 0.0), "ectopic": (-0.03, 0.1, 0.05), "retrograde": (0.0, -0.12, 0.0)}
_QRS = (((-0.1, 0.0, -0.3), 0, 30), ((0.9, 0.7, -0.2), 18, 46), ((0.1, -0.1, 0.6), 48, 44))
_T = (0.25, 0.2, -0.2)


def _bump(n: int) -> np.ndarray:
    return 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n)


@dataclass
class BumpHeart:
    """A BeatSource; ``asked`` keeps what was asked of it. ``wide`` scales the length of QRS of ectopic beats."""

    spike_mv: float = 0.0
    wide: float = 1.6
    asked: list[tuple[str, float]] = field(default_factory=list)

    def atrial_wave(self, kind: AtrialKind) -> Waveform:
        """Return one bump of 100 ms."""
        wave = np.zeros((3, 2 * _BEFORE_MS + 100))
        wave[:, _BEFORE_MS:-_BEFORE_MS] = np.outer(_P[kind], _bump(100))
        return Waveform((DIRECTIONS @ wave).astype(np.float32), float(_BEFORE_MS), 100.0)

    def ventricular_wave(self, kind: VentricularKind, *, rr_ms: float) -> Waveform:
        """Return three bumps of QRS, and T that ends 400 ms times the root of RR after its onset."""
        self.asked.append((kind, rr_ms))
        wide = self.wide if kind != "conducted" else 1.0
        qt_ms = round(400 * np.sqrt(rr_ms / 1000))
        wave = np.zeros((3, 2 * _BEFORE_MS + qt_ms))
        for vector, start, length in _QRS:
            bump = _bump(round(length * wide))
            at = _BEFORE_MS + round(start * wide)
            wave[:, at : at + bump.size] += np.outer(vector if wide == 1 else np.array(vector)[::-1], bump)
        wave[:, -_BEFORE_MS - 180 : -_BEFORE_MS] += np.outer(_T, _bump(180))
        return Waveform((DIRECTIONS @ wave).astype(np.float32), float(_BEFORE_MS), 92.0 * wide, _BEFORE_MS + qt_ms)

    @property
    def atrial_directions(self) -> np.ndarray:
        """Return Dower's leads."""
        return DIRECTIONS

    @property
    def spike_direction(self) -> np.ndarray:
        """Return a spike downwards in I and II."""
        return self.spike_mv * DIRECTIONS @ np.array([-0.3, -0.8, 0.5], dtype=np.float32)
