"""How far the outputs of one set of weights move when its input is prepared as another of its presets says.

Authors of published models contradict themselves on the preparation; whoever uses the weights should know what that
costs before choosing.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from einthoven.ecg.formats import RecordLocation
from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import TooFewObservationsError, UnreadableFileError
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.predict import embed, predict
from einthoven.progress import ProgressCallback
from einthoven.store.ingest import ingest
from einthoven.store.store import Store

__all__ = ["PresetDifference", "compare_presets", "differences"]

Announce = Callable[[str], ProgressCallback]


@dataclass(frozen=True, slots=True)
class PresetDifference:
    """Outputs under one preset beside those under the first.

    Attributes
    ----------
    preset : str
    label : str
        ``embedding`` for an encoder.
    mean_difference, largest_difference : float
        Of the absolute differences of scores; for an encoder of ``1 - cosine`` between embeddings.
    rank_correlation : float
        Spearman's, over ECGs; NaN for an encoder and where scores are constant.
    changed_sides : float
        Share of ECGs whose probability crosses 0.5; NaN for an encoder and for scores that are no probabilities.
    n : int
        ECGs.
    """

    preset: str
    label: str
    mean_difference: float
    largest_difference: float
    rank_correlation: float
    changed_sides: float
    n: int


def compare_presets(
    checkpoint: Checkpoint,
    presets: Mapping[str, InputSpec],
    locations: Sequence[RecordLocation],
    *,
    announce: Announce,
    workers: int = 1,
) -> list[PresetDifference]:
    """Return how outputs under each preset differ from those under the first, label by label.

    Parameters
    ----------
    checkpoint : Checkpoint
    presets : mapping of str to InputSpec
        At least two, of the same leads.
    locations : sequence of RecordLocation
        ECGs that can't be prepared under every preset are left out everywhere.
    announce : callable
        Gets the name of each step, returns the callback for its progress.
    workers : int

    Raises
    ------
    TooFewObservationsError
        There is only one preset.
    UnreadableFileError
        No ECG could be prepared under all presets.
    """
    if len(presets) < 2:
        raise TooFewObservationsError(f"there is only the preset {', '.join(presets)}: nothing to compare it with")
    outputs = {
        name: _outputs(dataclasses.replace(checkpoint, spec=spec), locations, name, announce=announce, workers=workers)
        for name, spec in presets.items()
    }
    common = sorted(set.intersection(*(set(ids) for ids, _ in outputs.values())))
    if not common:
        raise UnreadableFileError(f"none of {len(locations)} ECGs could be prepared under all presets")
    aligned = {name: values[[ids.index(one) for one in common]] for name, (ids, values) in outputs.items()}
    return differences(aligned, checkpoint.labels)


def differences(outputs: Mapping[str, NDArray[np.float64]], labels: Sequence[str]) -> list[PresetDifference]:
    """Return the differences from the first of ``outputs``, each float64 (ECG, label), or (ECG, D) without labels."""
    (_, first), *others = outputs.items()
    if not labels:
        return [_of_embeddings(name, first, other) for name, other in others]
    return [
        _of_scores(name, label, first[:, column], other[:, column])
        for name, other in others
        for column, label in enumerate(labels)
    ]


def _outputs(
    checkpoint: Checkpoint, locations: Sequence[RecordLocation], name: str, *, announce: Announce, workers: int
) -> tuple[list[str], NDArray[np.float64]]:
    with tempfile.TemporaryDirectory() as folder:
        progress = announce(f"Preparing {len(locations):,} ECGs as {name}")
        spec = checkpoint.spec.ingest
        ingest(locations, Path(folder) / "store", spec=spec, workers=workers, measure_quality=False, progress=progress)
        with Store.open(Path(folder) / "store") as prepared:
            long_enough = prepared.lengths >= checkpoint.spec.window_samples
            rows = np.flatnonzero(long_enough | (checkpoint.spec.view.short != "refuse"))
            progress = announce(f"Scoring them as {name}")
            ask = predict if checkpoint.labels else embed
            values = np.asarray(ask(checkpoint, prepared, rows, progress=progress), dtype=np.float64)
            ids = prepared.manifest["record_id"].to_pylist()
    return [ids[row] for row in rows], values


def _of_scores(preset: str, label: str, first: NDArray[np.float64], other: NDArray[np.float64]) -> PresetDifference:
    moved = np.abs(other - first)
    varied = len(first) > 2 and np.ptp(first) > 0 and np.ptp(other) > 0
    return PresetDifference(
        preset,
        label,
        mean_difference=float(moved.mean()),
        largest_difference=float(moved.max()),
        rank_correlation=float(stats.spearmanr(first, other).statistic) if varied else float("nan"),
        changed_sides=_changed_sides(first, other),
        n=len(first),
    )


def _changed_sides(first: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    both = np.concatenate([first, other])
    if both.min() < 0 or both.max() > 1:
        return float("nan")  # values or risks, no probabilities
    return float(np.mean((first >= 0.5) != (other >= 0.5)))


def _of_embeddings(preset: str, first: NDArray[np.float64], other: NDArray[np.float64]) -> PresetDifference:
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(other, axis=1)
    apart = 1 - (first * other).sum(axis=1) / np.maximum(lengths, np.finfo(np.float64).tiny)
    nan = float("nan")
    return PresetDifference(preset, "embedding", float(apart.mean()), float(apart.max()), nan, nan, len(first))
