"""Waves of the real ECGs and of their simulated twins, made in several processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np
from hospital import RealEcg, matched_state, measured_reals, real_ecgs, twin_of
from surface_waves import Waves, recorded_waves, uncorrected_waves
from threadpoolctl import threadpool_limits

from einthoven.simulation.devices import DEVICES
from einthoven.simulation.heart import body_surface
from einthoven.simulation.heart.body_surface import Correction, Whose, whose_waves
from einthoven.simulation.heart.heart import Heart

__all__ = ["FoundWaves", "real_waves", "simulated_waves"]

Corrections = Mapping[str, Correction]
Found = TypeVar("Found")

OUT_OF_THE_USUAL_WAY = frozenset({"lbbb", "rbbb", "ivcd", "paced", "wpw"})
"""Findings in which a beat isn't corrected."""

DEVICE = DEVICES["schiller"]


class FoundWaves(NamedTuple):
    """Of a real ECG, or of a heart and the ECG of it.

    Attributes
    ----------
    place : int
        Of the real ECG among all.
    patient : str
    whose : Whose
        How ``body_surface`` sees the state; of a real ECG the one that its findings say.
    waves : Waves
        Of the ECG.
    made : Waves, optional
        Of the heart, without a correction.
    """

    place: int
    patient: str
    whose: Whose
    waves: Waves
    made: Waves | None = None


class _Job(NamedTuple):
    place: int
    number: int


def real_waves(*, workers: int) -> list[FoundWaves]:
    """Return the waves of all real ECGs that have some."""
    found = _in_processes(_real, range(len(_ecgs())), None, workers)
    return [one for one in found if one is not None]


def simulated_waves(
    places: Sequence[int], numbers: Sequence[int], corrections: Corrections, *, workers: int
) -> list[FoundWaves]:
    """Return the waves of twins; those without a beat are left out.

    Parameters
    ----------
    places, numbers : sequence of int
        Each of these ECGs has a twin of each number.
    corrections : mapping of str to Correction
    workers : int
    """
    found = _in_processes(_simulated, _jobs(places, numbers), corrections, workers)
    return [one for one in found if one is not None]


def _jobs(places: Sequence[int], numbers: Sequence[int]) -> list[_Job]:
    return [_Job(place, number) for number in numbers for place in places]


def _in_processes(
    work: Callable[..., Found], jobs: Sequence[int] | Sequence[_Job], corrections: Corrections | None, workers: int
) -> list[Found]:
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(corrections,)) as executor:
        return list(executor.map(work, jobs, chunksize=16))


def _begin(corrections: Corrections | None) -> None:
    threadpool_limits(1)
    if corrections is not None:
        body_surface.corrections = lambda: dict(corrections)  # in this process, in place of the packaged ones


@cache
def _ecgs() -> list[RealEcg]:
    return [ecg for ecg in real_ecgs(("ptb_xl",)) if not ecg.findings & OUT_OF_THE_USUAL_WAY]


def _real(place: int) -> FoundWaves | None:
    ecg = _ecgs()[place]
    waves = recorded_waves(ecg.record)
    if waves is None:
        return None
    state = matched_state(ecg, measured_reals(_ecgs()).row(place), random=np.random.default_rng(ecg.number))
    return FoundWaves(place, ecg.patient, whose_waves(state, None), waves)


def _simulated(job: _Job) -> FoundWaves | None:
    ecg, row = _ecgs()[job.place], measured_reals(_ecgs()).row(job.place)
    twin = twin_of(job.place, ecg, row, number=job.number, device=DEVICE)
    waves = recorded_waves(twin.record)
    if waves is None:
        return None
    made = uncorrected_waves(Heart(twin.state, twin.traits), rr_ms=waves.rr_ms)
    if waves.p is None:
        made = made._replace(p=None)
    return FoundWaves(job.place, ecg.patient, whose_waves(twin.state, None), waves, made)
