"""How noisy one record is: drawn once, most records being clean (shares of PTB-XL, Wagner et al. 2020)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.electrodes import ELECTRODES, common
from einthoven.simulation.noise.parameters import section
from einthoven.simulation.rhythm.parameters import lognormal

__all__ = ["NoiseLevels", "draw_noise_levels"]

_N = len(ELECTRODES)
# in the order in which they are drawn; the first is what skin and muscle share
_LEVELS = (
    ("person", "factor"),
    ("wander", "drift_uv"),
    ("wander", "respiration_uv"),
    ("skin", "level_uv"),
    ("mains", "level_uv"),
    ("muscle", "level_uv"),
)
_ELECTRODE_SD, _FACTORS = (
    np.array([np.broadcast_to(section(name)[f"electrode_{key}"], _N) for name, _ in _LEVELS])
    for key in ("sd_of_log", "factors")
)
_MEDIAN, _SD, _LOW, _HIGH = (
    np.array([[section(name)[level][key]] for name, level in _LEVELS]) for key in ("median", "sd_of_log", "low", "high")
)
_SHARES = {name: share for name, share in section("shares").items() if name != "source"}
_LEAST_CHANCES = np.array(list(_SHARES.values()))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NoiseLevels:
    """The noise of one record; arrays are float32 (9,), microvolts, in the order of ``ELECTRODES``.

    Attributes
    ----------
    drift_uv, respiration_uv : baseline wander; its part that follows breathing has a sign
    skin_uv : noise of the electrodes on the skin, faster than wander
    mains_uv, muscle_uv : hum, and muscle noise outside bursts
    n_bursts : int
        Of muscle noise.
    moving : str, optional
        Electrode that moves, ``n_motions`` times.
    exchanged : pair of str, optional
        Electrodes that were exchanged.
    missing : str, optional
        Electrode that was off.
    remarks : tuple of str
        What a reader would write about the record.
    """

    drift_uv: NDArray[np.float32]
    respiration_uv: NDArray[np.float32]
    skin_uv: NDArray[np.float32]
    mains_uv: NDArray[np.float32]
    muscle_uv: NDArray[np.float32]
    n_bursts: int = 0
    moving: str | None = None
    n_motions: int = 0
    exchanged: tuple[str, str] | None = None
    missing: str | None = None
    remarks: tuple[str, ...] = ()


def draw_noise_levels(*, mains_factor: float, duration_s: float, random: np.random.Generator) -> NoiseLevels:
    """Return the noise of one record; ``mains_factor`` says how well a room and a device keep hum away."""
    happens = dict(zip(_SHARES, (random.random(len(_SHARES)) < _LEAST_CHANCES).tolist(), strict=True))
    wander, skin, muscle = (section(name) for name in ("wander", "skin", "muscle"))
    drifting = wander["drifting_factor"] if happens["baseline_drift"] else 1.0
    static = happens["static_noise"]
    muscular, dry = (part["static_factor"] if static else 1.0 for part in (muscle, skin))
    # some people's records are noisier in all ways
    chances = common(section("places")["levels_shared"]) @ random.standard_normal((_N, len(_LEVELS)), dtype=np.float32)
    levels = np.exp(_ELECTRODE_SD * chances.T) * _FACTORS
    person = levels[0] * lognormal(section("person")["factor"], random=random)
    # a burst that a reader notes is of muscle or of an electrode
    motion = happens["electrode_motion"] or (happens["burst_noise"] and random.random() < 0.5)
    bursts = happens["burst_noise"] and not motion
    signs = np.where(random.random(_N) < 0.5, -1.0, 1.0)
    is_poor = random.random(_N) < wander["poor_contact_share"]
    contact, rough = (np.where(is_poor, part["poor_contact_factor"], 1.0) for part in (wander, skin))
    usual = _MEDIAN[1:] * np.exp(_SD[1:] * random.standard_normal((len(_LEVELS) - 1, 1)))
    levels[1:] *= np.minimum(np.maximum(usual, _LOW[1:]), _HIGH[1:])
    levels[1] *= drifting * contact
    levels[2] *= drifting * signs
    levels[3] *= person * dry * rough
    levels[4] *= mains_factor
    levels[5] *= person * muscular
    _, drift_uv, respiration_uv, skin_uv, mains_uv, muscle_uv = levels.astype(np.float32)
    return NoiseLevels(
        drift_uv=drift_uv,
        respiration_uv=respiration_uv,
        skin_uv=skin_uv,
        mains_uv=mains_uv,
        muscle_uv=muscle_uv,
        n_bursts=_count(muscle["bursts_per_10_s"], duration_s, random=random) if bursts else 0,
        moving=str(random.choice(ELECTRODES)) if motion else None,
        n_motions=_count(section("electrode_motion")["events_per_10_s"], duration_s, random=random) if motion else 0,
        exchanged=_exchanged(random) if happens["lead_reversal"] else None,
        missing=str(random.choice(ELECTRODES)) if happens["missing_electrode"] else None,
        remarks=tuple(name for name, is_so in happens.items() if is_so),
    )


def _count(per_10_s: float, duration_s: float, *, random: np.random.Generator) -> int:
    """Return at least one event."""
    return 1 + int(random.poisson(per_10_s * duration_s / 10))


def _exchanged(random: np.random.Generator) -> tuple[str, str]:
    parameters = section("lead_reversal")
    one, other = parameters["exchanged"][int(random.choice(len(parameters["weights"]), p=parameters["weights"]))]
    return one, other
