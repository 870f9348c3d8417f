"""What a network answers to the test windows of records, scores and embeddings alike.

A record is answered alike wherever it comes from, a store or a single prepared record, and whatever else is in its
batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from einthoven.ecg.input_spec import IngestSpec, InputSpec
from einthoven.errors import CheckpointError
from einthoven.models.model_input import TestWindows, amplitudes, seen, test_windows
from einthoven.models.network import Network
from einthoven.progress import ProgressCallback, no_progress

__all__ = ["Asked", "SignalSource", "answering", "answers", "ask_each"]


class SignalSource(Protocol):
    """What prediction needs of a ``Store``."""

    @property
    def spec(self) -> IngestSpec:
        """What was done to every record."""

    def read_each(self, rows: NDArray[np.int64]) -> list[NDArray[np.int16]]:
        """Return one int16 (lead, sample) block per row."""

    def scales(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32 (row, lead), mV (or 1) per step."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each window, and how the windows' answers become the record's.

    Attributes
    ----------
    question : callable
        Takes a signal (B, L, T) and covariates (B, n) or None, returns float64 (B, D).
    aggregate : callable
        Takes float64 (window, D), returns float64 (D,).
    width : int
        D.
    """

    question: Callable[[Tensor, Tensor | None], Tensor]
    aggregate: Callable[[Tensor], Tensor]
    width: int


def ask_each(
    network: Network,
    spec: InputSpec,
    source: SignalSource,
    rows: NDArray[np.int64],
    *,
    asked: Asked,
    covariates: NDArray[np.float32] | None,
    batch_size: int,
    progress: ProgressCallback | None,
) -> NDArray[np.float64]:
    """Return what is asked of each record of a source, float64 (record, D).

    Raises
    ------
    CheckpointError
        The source was made for another ingest half than that of ``spec``.
    """
    if source.spec.ingest_hash != spec.ingest.ingest_hash:
        raise CheckpointError(
            f"the model was trained on signals of ingest {spec.ingest.ingest_hash[:12]}, the store holds those of "
            f"{source.spec.ingest_hash[:12]}: ingest the files with the model's spec (checkpoint.json, input.ingest)"
        )
    rows = np.asarray(rows, dtype=np.int64)
    out = np.empty((len(rows), asked.width), dtype=np.float64)
    report = progress or no_progress
    with answering(network):
        for first in range(0, len(rows), batch_size):
            part = slice(first, first + batch_size)
            blocks = zip(source.read_each(rows[part]), source.scales(rows[part]), strict=True)
            windows = [test_windows(block, scale, spec) for block, scale in blocks]
            told = None if covariates is None else covariates[part]
            found = answers(network, windows, asked.question, spec=spec, batch_size=batch_size, covariates=told)
            out[part] = torch.stack([asked.aggregate(one) for one in found]).numpy()
            report(first + len(windows), len(rows))
    return out


def answers(
    network: Network,
    windows: Sequence[TestWindows],
    question: Callable[[Tensor, Tensor | None], Tensor],
    *,
    spec: InputSpec,
    batch_size: int,
    covariates: NDArray[np.float32] | None = None,
) -> list[Tensor]:
    """Return float64 (window, D) of each record; call it within ``answering``.

    Parameters
    ----------
    network : Network
        Says on which device it is.
    windows : sequence of TestWindows
        One per record.
    question : callable
    spec : InputSpec
    batch_size : int
        Windows asked at a time.
    covariates : float32 (record, n), optional
    """
    counts = [len(one.quantised) for one in windows]
    device = next(network.parameters()).device
    stored = [
        np.concatenate([one.quantised for one in windows]),
        np.repeat([one.scale for one in windows], counts, axis=0),
        np.repeat([one.level for one in windows], counts, axis=0),
        np.repeat([one.valid for one in windows], counts),
    ]
    parts = [torch.split(torch.from_numpy(each), batch_size) for each in stored]
    told: list[Tensor | None] = [None] * len(parts[0])
    if covariates is not None:
        told = list(torch.split(torch.from_numpy(np.repeat(covariates, counts, axis=0)), batch_size))
    found = []
    for quantised, scale, level, valid, known in zip(*parts, told, strict=True):
        signal = amplitudes(quantised.to(device), scale.to(device))
        signal = seen(signal, valid.to(device), spec, level.to(device))
        found.append(question(signal, None if known is None else known.to(device)).cpu())
    return list(torch.split(torch.cat(found), counts))


@contextmanager
def answering(network: nn.Module) -> Iterator[None]:
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
