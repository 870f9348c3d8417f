"""How noisy one record is: drawn once, most records being clean (shares of PTB-XL, Wagner et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from einthoven.simulation.noise.electrodes import ELECTRODES, common
from einthoven.simulation.noise.parameters import section
from einthoven.simulation.rhythm.parameters import lognormal

__all__ = ["NoiseLevels", "draw_noise_levels"]

_N = len(ELECTRODES)
# in the order in which they are drawn; the first is what skin and muscle share
_LEVELS = ("person", "wander", "wander", "skin", "mains", "muscle")
_SPREAD, _FACTORS = (
    np.array([np.broadcast_to(section(name)[f"electrode_{key}"], _N) for name in _LEVELS])
    for key in ("sd_of_log", "factors")
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
    draw = _Drawing(random, iter(np.exp(_SPREAD * chances.T) * _FACTORS))
    person = draw.level("person", "factor", 1.0)
    # a burst that a reader notes is of muscle or of an electrode
    motion = happens["electrode_motion"] or (happens["burst_noise"] and random.random() < 0.5)
    bursts = happens["burst_noise"] and not motion
    signs = np.where(random.random(_N) < 0.5, -1.0, 1.0)
    is_poor = random.random(_N) < wander["poor_contact_share"]
    contact, rough = (np.where(is_poor, part["poor_contact_factor"], 1.0) for part in (wander, skin))
    return NoiseLevels(
        drift_uv=draw.level("wander", "drift_uv", drifting * contact),
        respiration_uv=draw.level("wander", "respiration_uv", drifting * signs),
        skin_uv=draw.level("skin", "level_uv", person * dry * rough),
        mains_uv=draw.level("mains", "level_uv", mains_factor),
        muscle_uv=draw.level("muscle", "level_uv", person * muscular),
        n_bursts=_count(muscle["bursts_per_10_s"], duration_s, random=random) if bursts else 0,
        moving=str(random.choice(ELECTRODES)) if motion else None,
        n_motions=_count(section("electrode_motion")["events_per_10_s"], duration_s, random=random) if motion else 0,
        exchanged=_exchanged(random) if happens["lead_reversal"] else None,
        missing=str(random.choice(ELECTRODES)) if happens["missing_electrode"] else None,
        remarks=tuple(name for name, is_so in happens.items() if is_so),
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Draws levels of a record; ``electrodes`` gives float64 (9,) for each: what it is multiplied with at each one."""

    random: np.random.Generator
    electrodes: Iterator[NDArray[np.float64]]

    def level(self, name: str, key: str, factor: float | NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return float32 (9,): the record's level ``key`` of a section, with a spread among the electrodes."""
        level = lognormal(section(name)[key], random=self.random) * factor * next(self.electrodes)
        return level.astype(np.float32)


def _count(per_10_s: float, duration_s: float, *, random: np.random.Generator) -> int:
    """Return at least one event."""
    return 1 + int(random.poisson(per_10_s * duration_s / 10))


def _exchanged(random: np.random.Generator) -> tuple[str, str]:
    parameters = section("lead_reversal")
    one, other = parameters["exchanged"][int(random.choice(len(parameters["weights"]), p=parameters["weights"]))]
    return one, other
