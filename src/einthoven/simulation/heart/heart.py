"""A person's heart in one state: gives the waves that a rhythm is composed of."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.activation import MuscleFocus
from einthoven.simulation.heart.atria import p_wave
from einthoven.simulation.heart.body_surface import corrected_p, corrected_qrst, whose_waves
from einthoven.simulation.heart.findings import findings_of
from einthoven.simulation.heart.lead_field import atrial_field, heart_axes
from einthoven.simulation.heart.remodelling import remodelled
from einthoven.simulation.heart.traits import HeartTraits, heart_constants, parameters_of, with_disease
from einthoven.simulation.heart.ventricles import Depolarised, depolarised, qrst
from einthoven.simulation.waveform import AtrialKind, VentricularKind, Waveform

__all__ = ["Heart"]


class Heart:
    """Fulfils ``BeatSource``: the same state and traits give the same waves."""

    def __init__(self, state: ClinicalState, traits: HeartTraits) -> None:
        self.state = state
        healthy = parameters_of(with_disease(traits, findings_of(state)))
        self.ectopic_site = healthy.ectopic_site
        self.today = remodelled(healthy, state)
        self.whose = whose_waves(state, traits.details)
        self._beats: dict[VentricularKind, Depolarised] = {}

    def atrial_wave(self, kind: AtrialKind) -> Waveform:
        """Return the P wave of one kind."""
        wave = p_wave(self.today.parameters, kind)
        wave = corrected_p(wave, self.whose) if kind == "sinus" else wave
        return replace(wave, samples=wave.samples * np.float32(self.today.p_left)) if self.today.p_left < 1 else wave

    def ventricular_wave(self, kind: VentricularKind, *, rr_ms: float) -> Waveform:
        """Return QRS, ST and T; escape beats come from below the bundle, ectopic ones from the person's own focus."""
        if kind not in self._beats:
            origin = self.state.conduction if kind == "conducted" else self._focus(kind)
            self._beats[kind] = depolarised(self.today, origin)
        wave = qrst(self.today, self._beats[kind], rr_ms=rr_ms)
        if kind != "conducted" or self.state.conduction in _OUT_OF_THE_USUAL_WAY:
            return wave
        return corrected_qrst(wave, self.whose, rr_ms=rr_ms)

    @cached_property
    def atrial_directions(self) -> NDArray[np.float32]:
        """Return float32 (8, 3), mV: what an atrial dipole of size 1 to the left, down or back gives in each lead."""
        return atrial_field(self.today.parameters).astype(np.float32)

    @cached_property
    def spike_direction(self) -> NDArray[np.float32]:
        """Return float32 (8,), mV: a pacing spike in each lead; along the electrode's wire, from the apex upwards."""
        if self.state.conduction != "paced":
            return np.zeros(8, dtype=np.float32)
        upwards = -heart_axes(self.today.parameters)[0] * heart_constants()["pacing"]["spike"]
        spike: NDArray[np.float32] = (atrial_field(self.today.parameters) @ upwards).astype(np.float32)
        return spike

    def _focus(self, kind: VentricularKind) -> MuscleFocus:
        constants = heart_constants()["ectopy"]
        if kind == "escape":
            return MuscleFocus(left=False, **constants["escape_site"])
        turn, height, side = self.ectopic_site.tolist()
        left = side > constants["left_above"]
        theta = 180 + 90 * turn if left else 55 * np.tanh(turn)
        return MuscleFocus(left=left, phi_deg=float(np.clip(65 + 25 * height, 10, 95)), theta_deg=float(theta))


# too few real ECGs, and too unlike each other, to know what the model leaves out of them
_OUT_OF_THE_USUAL_WAY = frozenset({"lbbb", "rbbb", "rbbb_lafb", "ivcd", "paced", "wpw"})
