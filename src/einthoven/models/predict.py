"""Scores and embeddings of a trained network: the mean (or maximum) over the test windows of each ECG.

An ECG is scored alike wherever it comes from, a store or a single prepared record, and whatever else is in its batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from einthoven.ecg.input_spec import InputSpec
from einthoven.ecg.prepare import Prepared
from einthoven.errors import CheckpointError, SpecificationError
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.model_input import test_windows
from einthoven.models.network import Network
from einthoven.models.window_answers import Asked, SignalSource, answering, answers, ask_each
from einthoven.progress import ProgressCallback

__all__ = ["Device", "SignalSource", "embed", "predict", "predict_network", "predict_prepared"]

Device = Literal["auto", "cpu", "cuda"]
Covariates = NDArray[np.float32]


def predict(
    checkpoint: Checkpoint,
    source: SignalSource,
    rows: NDArray[np.int64],
    *,
    covariates: Covariates | None = None,
    batch_size: int = 64,
    device: Device = "auto",
    progress: ProgressCallback | None = None,
) -> NDArray[np.float64]:
    """Return the score of each label, float64 (record, C), in the order of ``rows``.

    What a score is depends on ``checkpoint.task``: a probability, a value, a risk (see ``HeadSettings``).

    Parameters
    ----------
    checkpoint : Checkpoint
    source : SignalSource
        A ``Store`` of the ingest half that the checkpoint was trained on.
    rows : int64 (record,)
    covariates : float32 (record, n), optional
        In the order of ``rows``, for a head that asks for them.
    batch_size : int
        Records read at a time, and windows scored at a time.
    device : ``auto``, ``cpu`` or ``cuda``
        ``auto`` takes the GPU when there is one.
    progress : callback, optional

    Raises
    ------
    CheckpointError
        The source was made for another ingest half, or the checkpoint has no labels and so no scores.
    SpecificationError
        Covariates lack, or aren't asked for.
    """
    return predict_network(
        checkpoint.network().to(_device(device)),
        checkpoint.spec,
        source,
        rows,
        labels=checkpoint.labels,
        covariates=covariates,
        batch_size=batch_size,
        progress=progress,
    )


def predict_network(
    network: Network,
    spec: InputSpec,
    source: SignalSource,
    rows: NDArray[np.int64],
    *,
    labels: Sequence[str] = (),
    covariates: Covariates | None = None,
    batch_size: int = 64,
    progress: ProgressCallback | None = None,
) -> NDArray[np.float64]:
    """Return what ``predict`` does, of a network that is at hand; it is left in the mode and on the device it was.

    ``labels`` name its outputs, for ``view.long.max_labels``.
    """
    asked = _scores(network, spec, labels)
    _check_covariates(network, covariates, len(rows))
    return ask_each(
        network, spec, source, rows, asked=asked, covariates=covariates, batch_size=batch_size, progress=progress
    )


def predict_prepared(
    network: Network,
    spec: InputSpec,
    prepared: Prepared,
    *,
    labels: Sequence[str] = (),
    covariates: Covariates | None = None,
) -> NDArray[np.float64]:
    """Return the score of each label, float64 (C,), of one record that never was in a store.

    Parameters
    ----------
    network : Network
        ``checkpoint.network()``, made once.
    spec : InputSpec
        ``checkpoint.spec``.
    prepared : Prepared
        ``prepare(record, spec.ingest)``.
    labels : sequence of str
        ``checkpoint.labels``; needed for ``view.long.max_labels``.
    covariates : float32 (n,), optional
    """
    if prepared.leads != spec.ingest.leads or prepared.rate_hz != spec.ingest.rate_hz:
        raise CheckpointError(
            f"the model wants {len(spec.ingest.leads)} leads at {spec.ingest.rate_hz} Hz, got {len(prepared.leads)} at "
            f"{prepared.rate_hz} Hz: prepare the record with the model's own spec"
        )
    asked = _scores(network, spec, labels)
    told = None if covariates is None else covariates[np.newaxis]
    _check_covariates(network, told, 1)
    windows = test_windows(prepared.quantised, prepared.scale, spec)
    with answering(network):
        (answer,) = answers(
            network, [windows], asked.question, spec=spec, batch_size=len(windows.quantised), covariates=told
        )
        scores: NDArray[np.float64] = asked.aggregate(answer).numpy()
    return scores


def embed(
    checkpoint: Checkpoint,
    source: SignalSource,
    rows: NDArray[np.int64],
    *,
    batch_size: int = 64,
    device: Device = "auto",
    progress: ProgressCallback | None = None,
) -> NDArray[np.float32]:
    """Return the encoder's features of each ECG, float32 (record, ``feature_width``), averaged over its test windows.

    Parameters and errors are those of ``predict``, but no head is asked: labels and covariates aren't needed.
    """
    network = checkpoint.network().to(_device(device))
    asked = Asked(
        question=lambda signal, _: network.features(signal).double(),
        aggregate=lambda windows: windows.mean(dim=0),
        width=network.encoder.feature_width,
    )
    features = ask_each(
        network, checkpoint.spec, source, rows, asked=asked, covariates=None, batch_size=batch_size, progress=progress
    )
    return features.astype(np.float32)


def _scores(network: Network, spec: InputSpec, labels: Sequence[str]) -> Asked:
    """Return how a network is asked for scores."""
    if network.head.n_labels == 0:
        raise CheckpointError(
            "the model is an encoder without labels, so it has no scores: use its embeddings, or train a head on it"
        )
    by_maximum = _labels_by_maximum(spec, labels)
    return Asked(
        question=lambda signal, covariates: network.head.scores(network(signal, covariates).double()),
        aggregate=lambda windows: _aggregate(windows, spec, by_maximum),
        width=network.head.n_labels,
    )


def _check_covariates(network: Network, covariates: Covariates | None, n_records: int) -> None:
    settings = network.head.settings
    wanted = (n_records, settings.n_covariates)
    if covariates is None and settings.n_covariates == 0:
        return
    got = None if covariates is None else covariates.shape
    if got != wanted:
        named = f" ({', '.join(settings.covariates)})" if settings.covariates else ""
        raise SpecificationError(
            f"the model needs {settings.n_covariates} covariates{named} of each ECG, an array {wanted}, "
            f"got {got or 'none'}"
        )
    if covariates is not None and not np.isfinite(covariates).all():
        row, column = np.argwhere(~np.isfinite(covariates))[0]
        name = settings.covariates[column] if settings.covariates else column
        raise SpecificationError(
            f"covariates must be finite numbers, got {covariates[row, column]} for {name}, row {row}"
        )


def _labels_by_maximum(spec: InputSpec, labels: Sequence[str]) -> list[int]:
    """Return which outputs are aggregated by their maximum whatever happens to the others."""
    unknown = [label for label in spec.view.long.max_labels if label not in labels]
    if unknown:
        raise CheckpointError(
            f"input.view.long.max_labels must be labels of the model ({', '.join(labels) or 'not told'}), "
            f"got {', '.join(unknown)}"
        )
    return [labels.index(label) for label in spec.view.long.max_labels]


def _aggregate(scores: Tensor, spec: InputSpec, by_maximum: Sequence[int]) -> Tensor:
    """Return float64 (C,) of (window, C); only the windows of long records can be aggregated by their maximum."""
    if spec.view.long.windows > 1 and spec.view.long.aggregate == "max":
        return scores.amax(dim=0)
    aggregated = scores.mean(dim=0)
    if by_maximum:
        aggregated[by_maximum] = scores[:, by_maximum].amax(dim=0)
    return aggregated


def _device(name: Device) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)
