"""Scores of a trained network: the mean (or maximum) over the test windows of each ECG.

An ECG is scored alike wherever it comes from, a store or a single prepared record, and whatever else is in its batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from einthoven.ecg.input_spec import IngestSpec, InputSpec
from einthoven.ecg.prepare import Prepared
from einthoven.errors import CheckpointError
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.model_input import TestWindows, amplitudes, seen, test_windows
from einthoven.models.network import Network
from einthoven.progress import ProgressCallback, no_progress

__all__ = ["Device", "SignalSource", "predict", "predict_network", "predict_prepared"]

Device = Literal["auto", "cpu", "cuda"]


class SignalSource(Protocol):
    """What prediction needs of a ``Store``."""

    @property
    def spec(self) -> IngestSpec:
        """What was done to every record."""

    def read_each(self, rows: NDArray[np.int64]) -> list[NDArray[np.int16]]:
        """Return one int16 (lead, sample) block per row."""

    def scales(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 (row, lead), mV (or 1) per step."""


def predict(
    checkpoint: Checkpoint,
    source: SignalSource,
    rows: NDArray[np.int64],
    *,
    batch_size: int = 64,
    device: Device = "auto",
    progress: ProgressCallback | None = None,
) -> NDArray[np.float64]:
    """Return the probability of each label, float64 (record, C), in the order of ``rows``.

    Parameters
    ----------
    checkpoint : Checkpoint
    source : SignalSource
        A ``Store`` of the ingest half that the checkpoint was trained on.
    rows : int64 (record,)
    batch_size : int
        Records read at a time, and windows scored at a time.
    device : ``auto``, ``cpu`` or ``cuda``
        ``auto`` takes the GPU when there is one.
    progress : callback, optional

    Raises
    ------
    CheckpointError
        The source was made for another ingest half.
    """
    network = checkpoint.network().to(_device(device))
    return predict_network(
        network, checkpoint.spec, source, rows, labels=checkpoint.labels, batch_size=batch_size, progress=progress
    )


def predict_network(
    network: Network,
    spec: InputSpec,
    source: SignalSource,
    rows: NDArray[np.int64],
    *,
    labels: Sequence[str] = (),
    batch_size: int = 64,
    progress: ProgressCallback | None = None,
) -> NDArray[np.float64]:
    """Return what ``predict`` does, of a network that is at hand; it is left in the mode and on the device it was.

    ``labels`` name its outputs, for ``view.long.max_labels``.
    """
    if source.spec.ingest_hash != spec.ingest.ingest_hash:
        raise CheckpointError(
            f"the model was trained on signals of ingest {spec.ingest.ingest_hash[:12]}, the store holds those of "
            f"{source.spec.ingest_hash[:12]}: ingest the files with the model's spec (checkpoint.json, input.ingest)"
        )
    rows = np.asarray(rows, dtype=np.int64)
    scores = np.empty((len(rows), network.head.n_labels), dtype=np.float64)
    report = progress or no_progress
    with _scoring(network):
        for first in range(0, len(rows), batch_size):
            part = rows[first : first + batch_size]
            blocks = zip(source.read_each(part), source.scales(part), strict=True)
            windows = [test_windows(block, scale, spec) for block, scale in blocks]
            scores[first : first + len(part)] = _scores(
                network, windows, spec=spec, batch_size=batch_size, labels=labels
            )
            report(first + len(part), len(rows))
    return scores


def predict_prepared(
    network: Network, spec: InputSpec, prepared: Prepared, *, labels: Sequence[str] = ()
) -> NDArray[np.float64]:
    """Return the probability of each label, float64 (C,), of one record that never was in a store.

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
    """
    if prepared.leads != spec.ingest.leads or prepared.rate_hz != spec.ingest.rate_hz:
        raise CheckpointError(
            f"the model wants {len(spec.ingest.leads)} leads at {spec.ingest.rate_hz} Hz, got {len(prepared.leads)} at "
            f"{prepared.rate_hz} Hz: prepare the record with the model's own spec"
        )
    windows = [test_windows(prepared.quantised, prepared.scale, spec)]
    with _scoring(network):
        scores = _scores(network, windows, spec=spec, batch_size=len(windows[0].quantised), labels=labels)
    return scores.reshape(-1)


def _scores(
    network: Network, windows: Sequence[TestWindows], *, spec: InputSpec, batch_size: int, labels: Sequence[str]
) -> NDArray[np.float64]:
    """Return the aggregated probabilities of some records, float64 (record, C)."""
    counts = [len(one.quantised) for one in windows]
    quantised = torch.from_numpy(np.concatenate([one.quantised for one in windows]))
    scale = torch.from_numpy(np.repeat([one.scale for one in windows], counts, axis=0))
    level = torch.from_numpy(np.repeat([one.level for one in windows], counts, axis=0))
    valid = torch.from_numpy(np.repeat([one.valid for one in windows], counts))
    parts = zip(*(torch.split(each, batch_size) for each in (quantised, scale, level, valid)), strict=True)
    probabilities = torch.cat([_probabilities(network, *part, spec=spec) for part in parts])
    by_maximum = _labels_by_maximum(spec, labels)
    aggregated = [_aggregate(part, spec, by_maximum) for part in torch.split(probabilities, counts)]
    out: NDArray[np.float64] = torch.stack(aggregated).numpy()
    return out


def _probabilities(
    network: Network, quantised: Tensor, scale: Tensor, level: Tensor, valid: Tensor, *, spec: InputSpec
) -> Tensor:
    device = next(network.parameters()).device
    signal = seen(amplitudes(quantised.to(device), scale.to(device)), valid, spec, level.to(device))
    probabilities: Tensor = network.head.scores(network(signal).double()).cpu()
    return probabilities


def _labels_by_maximum(spec: InputSpec, labels: Sequence[str]) -> list[int]:
    """Return which outputs are aggregated by their maximum whatever happens to the others."""
    unknown = [label for label in spec.view.long.max_labels if label not in labels]
    if unknown:
        raise CheckpointError(
            f"input.view.long.max_labels must be labels of the model ({', '.join(labels) or 'not told'}), "
            f"got {', '.join(unknown)}"
        )
    return [labels.index(label) for label in spec.view.long.max_labels]


def _aggregate(probabilities: Tensor, spec: InputSpec, by_maximum: Sequence[int]) -> Tensor:
    """Return float64 (C,) of (window, C); only the windows of long records can be aggregated by their maximum."""
    if spec.view.long.windows > 1 and spec.view.long.aggregate == "max":
        return probabilities.amax(dim=0)
    aggregated = probabilities.mean(dim=0)
    if by_maximum:
        aggregated[by_maximum] = probabilities[:, by_maximum].amax(dim=0)
    return aggregated


def _device(name: Device) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)


@contextmanager
def _scoring(network: Network) -> Iterator[None]:
    """Set evaluation mode, no gradients, repeatable fp32 arithmetic; give the network's own modes back afterwards."""
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        with (
            torch.inference_mode(),
            torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False),
        ):
            yield
    finally:
        for module, training in modes.items():
            module.training = training
