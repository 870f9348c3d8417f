"""Kinds' means and common covariance, moved until simulated ventricular beats scatter as the real normal ones do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
from aligned_beats import RealBeat
from comparison import told_apart
from components import Components, components_of, qrst_weights
from heart_population import NAMES, VENTRICULAR, clipped_normal
from moments import moved
from numpy.typing import NDArray
from simulated_beats import HEALTHY, simulated_qrst

__all__ = ["Kinds", "matched_kinds", "qrst_scores"]

Array = NDArray[np.float64]

N_COMPONENTS = 40
N_ROUNDS = 8  # the covariance settles within them
DRAWS = 3  # per real beat
STEP, STEP_OF_MEANS, RIDGE = 0.7, 0.6, 0.03
TRUST_FROM = 2.0  # persons at which half of the way of a kind's mean is believed


class Kinds(NamedTuple):
    """Ventricular traits: means float64 (kind, trait), common covariance float64 (trait, trait)."""

    means: Array
    covariance: Array


class _Drawn(NamedTuple):
    """Simulated people: their traits about their kind's mean, their beats' scores, float64 (draw, any)."""

    traits: Array
    scores: Array
    labels: NDArray[np.int64]


def matched_kinds(start: Kinds, beats: Sequence[RealBeat], labels: NDArray[np.int64], *, executor: Executor) -> Kinds:
    """Return the kinds whose simulated beats trees can tell least from the real ones, of all rounds.

    Parameters
    ----------
    start : Kinds
    beats : sequence of RealBeat
        Normal ones.
    labels : int64 (beat,)
        The kind of each.
    executor : Executor
        Simulates.
    """
    real_beats = np.array([beat.qrst.ravel() for beat in beats])
    space = components_of(real_beats, qrst_weights(), n=N_COMPONENTS)
    real = space.scores(real_beats)
    rr_ms = np.array([beat.rr_ms for beat in beats])
    found = [
        (told_apart(real, drawn.scores), kinds)
        for kinds, drawn in _rounds(start, real, labels, rr_ms=rr_ms, space=space, executor=executor)
    ]
    return min(found, key=lambda pair: pair[0])[1]


def qrst_scores(traits: Array, rr_ms: Array, space: Components, *, executor: Executor) -> Array:
    """Return float64 (person, component): the beats of healthy people.

    Parameters
    ----------
    traits : float64 (person, trait)
    rr_ms : float64 (person,)
    """
    beats = executor.map(_healthy_beat, traits, rr_ms, chunksize=32)
    return space.scores(np.array([beat.ravel() for beat in beats]))


def _healthy_beat(traits: Array, rr_ms: float) -> Array:
    return simulated_qrst(traits, HEALTHY, rr_ms=float(rr_ms))


def _rounds(
    kinds: Kinds, real: Array, labels: NDArray[np.int64], *, rr_ms: Array, space: Components, executor: Executor
) -> Iterator[tuple[Kinds, _Drawn]]:
    persons = np.bincount(labels)
    centres = _means(real, labels)
    away = real - centres[labels]
    wanted = np.cov(away.T) * (len(real) - 1) / (len(real) - len(centres))
    trust = (persons / (persons + TRUST_FROM))[:, None]
    for number in range(N_ROUNDS + 1):
        drawn = _draw(kinds, labels, rr_ms, space, random=np.random.default_rng(number), executor=executor)
        yield kinds, drawn
        there = _means(drawn.scores, drawn.labels)
        scores = drawn.scores - there[drawn.labels]
        traits = drawn.traits - _means(drawn.traits, drawn.labels)[drawn.labels]
        found = moved(traits, scores, wanted, step=STEP, ridge=RIDGE)
        kinds = Kinds(kinds.means + STEP_OF_MEANS * trust * ((centres - there) @ found.slope), found.covariance)


def _draw(
    kinds: Kinds,
    labels: NDArray[np.int64],
    rr_ms: Array,
    space: Components,
    *,
    random: np.random.Generator,
    executor: Executor,
) -> _Drawn:
    of = np.repeat(labels, DRAWS)
    away = clipped_normal(random, (of.size, VENTRICULAR.size)) @ np.linalg.cholesky(kinds.covariance).T
    traits = np.zeros((of.size, len(NAMES)))
    traits[:, VENTRICULAR] = kinds.means[of] + away
    return _Drawn(away, qrst_scores(traits, np.repeat(rr_ms, DRAWS), space, executor=executor), of)


def _means(values: Array, labels: NDArray[np.int64]) -> Array:
    """Return float64 (kind, value)."""
    return np.array([values[labels == k].mean(0) for k in range(labels.max() + 1)])
