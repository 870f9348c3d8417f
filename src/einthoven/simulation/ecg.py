"""One simulated ECG: a heart in a state, beating in a rhythm, recorded with a device's noise; and the truth of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.record import Provenance, Record
from einthoven.simulation.clinical_state import ClinicalState
from einthoven.simulation.devices import Device, filtered, quantised
from einthoven.simulation.heart.heart import Heart
from einthoven.simulation.heart.traits import HeartTraits
from einthoven.simulation.noise.electrodes import rewired
from einthoven.simulation.noise.levels import NoiseLevels, draw_noise_levels
from einthoven.simulation.noise.mixture import noise_in_leads
from einthoven.simulation.rhythm.compose import beat_waves, compose
from einthoven.simulation.rhythm.schedule import Schedule, schedule
from einthoven.simulation.truth import EcgTruth, truth_of
from einthoven.simulation.waveform import BeatSource

__all__ = ["MARGIN_S", "EcgTruth", "Identity", "SimulatedEcg", "beats_of", "ecg_of", "simulate_ecg"]

MARGIN_S = 0.4
"""Made before the first and after the last sample, and thrown away: the edges of the low-pass and the notch."""

# III, aVR, aVL, aVF from I and II
_OTHER_LIMB_LEADS = np.array([[-1, 1], [-0.5, -0.5], [1, -0.5], [-0.5, 1]], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose ECG it is, and when it was taken."""

    record_id: str
    patient_id: str | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedEcg:
    """A record as a device would store it, and what is true of it."""

    record: Record
    truth: EcgTruth


def simulate_ecg(
    state: ClinicalState,
    traits: HeartTraits,
    device: Device,
    *,
    random: np.random.Generator,
    identity: Identity,
    duration_s: float = 10.0,
    noise: NoiseLevels | None = None,
    noisy: bool = True,
) -> SimulatedEcg:
    """Return the ECG of a heart with personal ``traits`` in a ``state``; all else as in ``ecg_of``."""
    heart = Heart(state, traits)
    return ecg_of(
        heart, state, device, random=random, identity=identity, duration_s=duration_s, noise=noise, noisy=noisy
    )


def ecg_of(
    beats: BeatSource,
    state: ClinicalState,
    device: Device,
    *,
    random: np.random.Generator,
    identity: Identity,
    duration_s: float = 10.0,
    noise: NoiseLevels | None = None,
    noisy: bool = True,
) -> SimulatedEcg:
    """Return the ECG of any source of beats.

    Parameters
    ----------
    beats : BeatSource
    state : ClinicalState
    device : Device
    random : Generator
        All that is random comes from it.
    identity : Identity
    duration_s : float
    noise : NoiseLevels, optional
        Drawn where it is not given.
    noisy : bool
        False leaves all noise, the device's filters and its steps away.
    """
    rhythm = _rhythm(state, duration_s=duration_s, random=random)
    waves = beat_waves(rhythm, beats)
    signal = compose(rhythm, beats, random=random, rate_hz=device.rate_hz, waves=waves)
    levels = None
    if noisy:
        levels = noise or draw_noise_levels(mains_factor=device.mains_factor, duration_s=duration_s, random=random)
        signal = _recorded(signal, levels, rhythm, device, random=random)
    first = round(MARGIN_S * device.rate_hz)
    signal = signal[:, first : first + round(duration_s * device.rate_hz)]
    record = Record(
        signal=_twelve_leads(signal, device if noisy else None),
        leads=STANDARD_LEADS,
        sampling_rate_hz=device.rate_hz,
        record_id=identity.record_id,
        patient_id=identity.patient_id,
        time=identity.time,
        time_kind="unknown" if identity.time is None else "naive",
        age_years=state.age_years,
        sex=state.sex,
        device=f"{device.manufacturer} {device.model}",
        provenance=_provenance(device) if noisy else Provenance("simulation", "1"),
    )
    truth = truth_of(rhythm, waves, first_s=MARGIN_S, duration_s=duration_s, noise=levels)
    return SimulatedEcg(record, truth)


def beats_of(
    beats: BeatSource, state: ClinicalState, *, random: np.random.Generator, duration_s: float = 10.0
) -> EcgTruth:
    """Return the beats that ``ecg_of`` would record with the same generator, for whoever needs no signal; no noise."""
    rhythm = _rhythm(state, duration_s=duration_s, random=random)
    return truth_of(rhythm, beat_waves(rhythm, beats), first_s=MARGIN_S, duration_s=duration_s, noise=None)


def _rhythm(state: ClinicalState, *, duration_s: float, random: np.random.Generator) -> Schedule:
    """Return the rhythm of the record and its margins: the first that is drawn."""
    return schedule(state, duration_s=duration_s + 2 * MARGIN_S, random=random)


def _recorded(
    signal: NDArray[np.float32],
    levels: NoiseLevels,
    rhythm: Schedule,
    device: Device,
    *,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    """Return the heart's signal as the amplifier hands it on: electrodes, noise, filters."""
    if levels.exchanged or levels.missing:
        signal = rewired(levels.exchanged, levels.missing) @ signal
    signal += noise_in_leads(
        levels,
        floor_uv=device.floor_uv,
        mains_hz=device.mains_hz,
        breathing=rhythm.breathing,
        n_samples=signal.shape[1],
        rate_hz=device.rate_hz,
        random=random,
    )
    return filtered(signal, device)


def _twelve_leads(signal: NDArray[np.float32], device: Device | None) -> NDArray[np.float32]:
    """Return float32 (12, sample) in canonical order, in the device's steps if there is a device."""
    if device and device.leads_stored == 8:
        signal = quantised(signal, device)
    leads = np.empty((len(STANDARD_LEADS), signal.shape[1]), dtype=np.float32)
    leads[:2], leads[6:] = signal[:2], signal[2:]
    np.matmul(_OTHER_LIMB_LEADS, signal[:2], out=leads[2:6])
    return quantised(leads, device) if device and device.leads_stored != 8 else leads


@lru_cache(maxsize=32)
def _provenance(device: Device) -> Provenance:
    stored = STANDARD_LEADS if device.leads_stored == 12 else (*STANDARD_LEADS[:2], *STANDARD_LEADS[6:])
    return Provenance(
        reader="simulation",
        reader_version="1",
        original_unit="uV",
        original_step_mv=(device.microvolts_per_step / 1000,) * len(stored),
        leads_stored=stored,
        leads_derived=tuple(lead for lead in STANDARD_LEADS if lead not in stored),
        device_filters=device.filters,
    )
