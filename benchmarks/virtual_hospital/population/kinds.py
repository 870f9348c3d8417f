"""Kinds of hearts: which normal beats are alike, and how much traits differ within a kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from components import components_of
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.covariance import LedoitWolf

__all__ = ["FEWEST_PERSONS", "alike_beats", "in_large_enough_kinds", "within_covariance"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

N_KINDS, N_COMPONENTS = 20, 12
N_STARTS = 10  # of k-means

FEWEST_PERSONS = 5
"""Nothing is kept that rests on fewer."""


class _Group(NamedTuple):
    n_persons: int
    centre: Array


def alike_beats(beats: Array, patients: Sequence[str]) -> Labels:
    """Return int64 (person,): the kind of each, from 0; each kind has at least ``FEWEST_PERSONS`` persons.

    Parameters
    ----------
    beats : float64 (person, value), mV
    patients : sequence of str
        Several beats may be one person's.
    """
    scores = components_of(beats, n=min(N_COMPONENTS, len(beats) - 1)).scores(beats)
    n_kinds = max(1, min(N_KINDS, len(beats) // (2 * FEWEST_PERSONS)))
    labels = KMeans(n_kinds, n_init=N_STARTS, random_state=0).fit_predict(scores).astype(np.int64)
    return in_large_enough_kinds(labels, patients, scores)


def in_large_enough_kinds(labels: Labels, patients: Sequence[str], scores: Array) -> Labels:
    """Return int64 (person,): labels from 0, where the smallest kind joins the nearest until each is large enough.

    Parameters
    ----------
    labels : int64 (person,)
    patients : sequence of str
    scores : float64 (person, component)
        In which a kind's mean says which is the nearest.
    """
    labels = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    groups = [_group(k, labels, patients, scores) for k in range(labels.max() + 1)]
    smallest = min(range(len(groups)), key=lambda k: groups[k].n_persons)
    if len(groups) == 1 or groups[smallest].n_persons >= FEWEST_PERSONS:
        return labels
    away = np.array([np.linalg.norm(group.centre - groups[smallest].centre) for group in groups])
    away[smallest] = np.inf
    return in_large_enough_kinds(np.where(labels == smallest, np.argmin(away), labels), patients, scores)


def within_covariance(traits: Array, labels: Labels) -> Array:
    """Return float64 (trait, trait): the common covariance of traits about their kind's mean (Ledoit and Wolf 2004).

    Parameters
    ----------
    traits : float64 (person, trait)
    labels : int64 (person,)
    """
    means = np.array([traits[labels == k].mean(0) for k in range(labels.max() + 1)])
    shrunk: Array = LedoitWolf(assume_centered=True).fit(traits - means[labels]).covariance_
    return shrunk * len(traits) / (len(traits) - len(means))


def _group(kind: int, labels: Labels, patients: Sequence[str], scores: Array) -> _Group:
    members = labels == kind
    return _Group(np.unique(np.array(patients)[members]).size, scores[members].mean(0))
