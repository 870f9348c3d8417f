"""Real and simulated ECGs as the two sides between which a judge decides, and the halves it learns and is tested on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from alike import median_beat
from measured_table import MeasuredTable, numbers_of
from numpy.typing import NDArray

from einthoven.ecg.measurements import measured_waves
from einthoven.ecg.record import Record

__all__ = ["Halves", "Side", "half_of", "halves", "side_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Real or simulated ECGs as the judges see them, one per real ECG and in its order.

    Attributes
    ----------
    measured : MeasuredTable
    beats : float32 (ecg, 12, sample), mV
    raw : float32 (ecg, 12, sample), mV
    """

    measured: MeasuredTable
    beats: NDArray[np.float32]
    raw: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """Real over simulated ECGs, and which a judge learns from.

    Attributes
    ----------
    values : float (ecg, ...)
    simulated : int64 (ecg,), 0 or 1
    in_train : bool (ecg,)
    """

    values: NDArray[np.floating]
    simulated: NDArray[np.int64]
    in_train: NDArray[np.bool_]


def side_of(records: Sequence[Record]) -> Side:
    """Return records as judges see them; they have passed ``alike``."""
    waves = [measured_waves(record) for record in records]
    rows = [numbers_of(one.measurements) for one in waves]
    measured = MeasuredTable(tuple(rows[0]), np.array([list(row.values()) for row in rows]))
    beats = np.stack([median_beat(one) for one in waves])
    return Side(measured, beats, np.stack([record.signal for record in records]))


def half_of(patients: Sequence[str], *, seed: int) -> NDArray[np.bool_]:
    """Return which ECGs belong to the training half; all of a patient on one side."""
    names = np.unique(patients)
    chosen = np.random.default_rng(seed).permutation(names)[: names.size // 2]
    return np.isin(patients, chosen)


def halves(real: NDArray[np.floating], simulated: NDArray[np.floating], train: NDArray[np.bool_]) -> Halves:
    """Return real ECGs over simulated ones, a twin in the half of its real ECG.

    What no ECG of the training half has is zero throughout: trees refuse a quantity that is always absent.

    Parameters
    ----------
    real, simulated : float (ecg, ...)
        Row by row a real ECG and its twin.
    train : bool (ecg,)
    """
    values = np.concatenate([real, simulated])
    truth = np.repeat([0, 1], [len(real), len(simulated)])
    in_train = np.concatenate([train, train])
    empty = np.isnan(values[in_train]).all(axis=0)
    return Halves(np.where(empty, 0, values).astype(values.dtype), truth, in_train)
