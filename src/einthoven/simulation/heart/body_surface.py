"""What the heart of nodes and dipoles leaves out of the potentials on the chest, made good by a linear correction.

A few hundred nodes in an even conductor beat like hearts, yet nobody's ECG is as simple. On a time line tied to each
wave's landmarks, real and simulated waves are points in a space of some hundred components. ``body_surface.npz`` says
how a simulated wave moves there, and which personal details are added, until simulated waves have the mean and the
covariance of the real ones: healthy hearts those of normal ECGs, diseased hearts those of the others about what their
findings come with. A person's details stay with the person, and what a state does to a wave stays in it, nearer to what
it does in real ones where there are enough of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.heart.findings import FINDINGS, degree_of_disease, findings_of
from einthoven.simulation.heart.time_lines import (
    P_TIMES_MS,
    QRST_PLACES_MS,
    QrstLandmarks,
    centre_of_p,
    centre_of_t,
    interpolated,
    qrst_times,
    resampled,
)
from einthoven.simulation.heart.traits import heart_constants
from einthoven.simulation.waveform import Waveform

__all__ = [
    "FORMS",
    "Correction",
    "Form",
    "Whose",
    "corrected_p",
    "corrected_qrst",
    "correction_of",
    "corrections",
    "qrst_landmarks",
    "taper_of",
    "whose_waves",
]

Array = NDArray[np.float32]

_CONSTANTS = heart_constants()["body_surface"]
FORMS = ("healthy", "diseased")
"""In the order of ``Correction.forms``."""


class Whose(NamedTuple):
    """Of whom a wave is.

    Attributes
    ----------
    details : float32 (detail,), optional
        What is personal in all waves of a person: standard normal.
    findings : float32 (finding,)
        Degrees of ``FINDINGS``.
    disease : float in [0, 1]
        See ``degree_of_disease``.
    """

    details: Array | None
    findings: Array
    disease: float


class Form(NamedTuple):
    """What becomes of the waves of one form of the heart.

    Attributes
    ----------
    map : float32 (component, component)
        From a simulated wave's components to corrected ones.
    offset : float32 (component,)
    details : float32 (component, component)
        What a person's standard normal details add.
    outside : float32 ()
        Share that stays of what no component describes.
    """

    map: Array
    offset: Array
    details: Array
    outside: Array


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """Of one kind of wave, whose values are lead by lead, time by time.

    Attributes
    ----------
    mean : float32 (value,), mV
        Of real waves.
    read, write : float32 (value, component)
        From a wave to its components, and back; see ``correction_of``.
    forms : tuple of Form
        Of a healthy and of a diseased heart.
    effects : float32 (finding, component)
        What each of ``FINDINGS`` adds, for a degree of 1.
    taper : float32 (time,), 0 to 1
        Lets the correction begin and end at nothing.
    first_detail : int
        Of a person's details, the first of this wave.
    """

    mean: Array
    read: Array
    write: Array
    forms: tuple[Form, Form]
    effects: Array
    taper: Array
    first_detail: int

    def of(self, wave: Array, whose: Whose) -> Array:
        """Return float32 (lead, time), mV: what is to be added to float32 (lead, time), mV."""
        form = self._form(whose.disease)
        away = wave.reshape(-1) - self.mean
        scores = away @ self.read
        moved = form.map @ scores + self._offset(form, whose) - form.outside * scores
        lost: Array = (np.float32(1) - form.outside) * self.taper * away.reshape(wave.shape)
        return np.subtract((self.write @ moved).reshape(wave.shape), lost, dtype=np.float32)

    def _offset(self, form: Form, whose: Whose) -> Array:
        """Return float32 (component,): what is added whatever the wave."""
        offset: Array = form.offset
        if whose.disease:
            offset = np.add(offset, whose.findings @ self.effects, dtype=np.float32)
        if whose.details is not None:
            own = whose.details[self.first_detail : self.first_detail + self.read.shape[1]]
            offset = np.add(offset, form.details @ own, dtype=np.float32)
        return offset

    def _form(self, disease: float) -> Form:
        healthy, diseased = self.forms
        if disease in {0, 1}:
            return diseased if disease else healthy
        share = np.float32(disease)
        return Form(*(one + share * (other - one) for one, other in zip(healthy, diseased, strict=True)))


def correction_of(
    kind: str, space: Mapping[str, Array], forms: tuple[Form, Form], *, effects: Array, first_detail: int
) -> Correction:
    """Return a correction.

    Parameters
    ----------
    kind : ``qrst`` or ``p``
    space : mapping of str to array
        ``mean`` and ``weights``, (value,), and ``basis``, (value, component): orthonormal, of weighted values.
    forms : tuple of Form
    effects : float (finding, component)
    first_detail : int
    """
    mean, weights, basis = (np.asarray(space[name], dtype=np.float32) for name in ("mean", "weights", "basis"))
    taper = taper_of(kind)
    fading = np.tile(taper, mean.size // taper.size) / weights
    return Correction(
        mean=mean,
        read=np.ascontiguousarray(basis * weights[:, None]),
        write=np.ascontiguousarray(basis * fading[:, None]),
        forms=forms,
        effects=np.asarray(effects, dtype=np.float32),
        taper=taper,
        first_detail=first_detail,
    )


def whose_waves(state: ClinicalState, details: Array | None) -> Whose:
    """Return what the waves of a person with these details depend on in a state."""
    found = findings_of(state)
    degrees = np.array([found.get(name, 0.0) for name in FINDINGS], dtype=np.float32)
    return Whose(details, degrees, degree_of_disease(state))


def corrected_qrst(wave: Waveform, whose: Whose, *, rr_ms: float) -> Waveform:
    """Return a conducted beat with the correction, its landmarks where they were; ``rr_ms`` as in ``qrst``."""
    times = qrst_times(qrst_landmarks(wave, rr_ms=rr_ms))
    return _added(wave, times, corrections()["qrst"].of(interpolated(wave.samples, times, step_ms=1.0), whose))


def corrected_p(wave: Waveform, whose: Whose) -> Waveform:
    """Return a P wave from the sinus node with the correction."""
    end_ms = wave.onset_ms + wave.duration_ms
    times = P_TIMES_MS + centre_of_p(wave.samples, onset_ms=wave.onset_ms, end_ms=end_ms, step_ms=1.0)
    return _added(wave, times, corrections()["p"].of(interpolated(wave.samples, times, step_ms=1.0), whose))


def qrst_landmarks(wave: Waveform, *, rr_ms: float) -> QrstLandmarks:
    """Return where a simulated beat begins, where its QRS ends, and the centre of its T."""
    end_ms = wave.onset_ms + wave.duration_ms
    centre_ms = centre_of_t(wave.samples, qrs_end_ms=end_ms, rr_ms=rr_ms, step_ms=1.0)
    return QrstLandmarks(wave.onset_ms, end_ms, centre_ms)


def taper_of(kind: str) -> Array:
    """Return float32 (time,), 0 to 1: lets the correction of ``qrst`` or ``p`` begin and end at nothing."""
    times = QRST_PLACES_MS if kind == "qrst" else P_TIMES_MS
    rise_ms, fall_ms = _CONSTANTS["taper_ms"][kind]
    taper: Array = np.minimum((times - times[0]) / rise_ms, (times[-1] - times) / fall_ms).clip(0, 1).astype(np.float32)
    return taper


def _added(wave: Waveform, times_ms: NDArray[np.float64], change: Array) -> Waveform:
    first, between = resampled(change, times_ms, n_samples=wave.samples.shape[1])
    samples = wave.samples.copy()
    samples[:, first : first + between.shape[1]] += between
    return replace(wave, samples=samples)


@cache
def corrections() -> dict[str, Correction]:
    """Return the correction of a beat of the ventricles and of a P wave."""
    with resources.files(__package__).joinpath("body_surface.npz").open("rb") as file:
        content = np.load(file)
        return {kind: _correction(dict(content), kind) for kind in ("qrst", "p")}


def _correction(content: Mapping[str, Array], kind: str) -> Correction:
    stored = {name.removeprefix(f"{kind}_"): array for name, array in content.items() if name.startswith(f"{kind}_")}
    parts = [stored[name].astype(np.float32) for name in Form._fields]
    healthy, diseased = (Form(*of_form) for of_form in zip(*parts, strict=True))
    first = 0 if kind == "qrst" else content["qrst_basis"].shape[1]
    return correction_of(kind, stored, (healthy, diseased), effects=stored["effects"], first_detail=first)
