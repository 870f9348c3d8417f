"""A trained network as a file that runs without einthoven: ONNX, or a program of ``torch.export``.

Both take ``signal``, float32 (batch, lead, sample) of any batch size and of one length, and where the head reads them
``covariates``, float32 (batch, n). They give ``scores`` (batch, label) and ``features`` (batch, width); ``features``
alone where the network has no labels. What is written is compared with torch before anybody can use it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from einthoven.errors import CheckpointError
from einthoven.models.exported_file import Run, trace, write_onnx, write_program
from einthoven.models.heads import FeatureHead
from einthoven.models.network import Network

__all__ = ["BATCH_SIZES", "LARGEST_ERROR", "ExportCheck", "export_network", "export_onnx", "export_program"]

BATCH_SIZES = (1, 2, 7, 64)
"""What every exported file is compared with torch on."""

LARGEST_ERROR = 1e-4
"""Relative to the largest number of scores or features: the parity that is asked of CPU and GPU, too."""


@dataclass(frozen=True, slots=True)
class ExportCheck:
    """An exported file, and how far it is from torch.

    Attributes
    ----------
    path : Path
    errors : mapping of int to float
        Batch size to the largest difference of scores or features, relative to the largest of them.
    """

    path: Path
    errors: Mapping[int, float]


def export_onnx(
    network: Network, path: Path, *, n_leads: int, n_samples: int, metadata: Mapping[str, Any] | None = None
) -> ExportCheck:
    """Write an ONNX file and return how far its numbers, by onnxruntime, are from torch's; see ``export_network``."""
    return export_network(network, n_leads=n_leads, n_samples=n_samples, onnx=path, metadata=metadata)[0]


def export_program(
    network: Network, path: Path, *, n_leads: int, n_samples: int, metadata: Mapping[str, Any] | None = None
) -> ExportCheck:
    """Write a program of ``torch.export`` and return how far its numbers are from the network's; see
    ``export_network``.
    """
    return export_network(network, n_leads=n_leads, n_samples=n_samples, program=path, metadata=metadata)[0]


def export_network(
    network: Network,
    *,
    n_leads: int,
    n_samples: int,
    onnx: Path | None = None,
    program: Path | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> list[ExportCheck]:
    """Write an ONNX file, a program of torch or both, and return how far the numbers of each are from the network's.

    Parameters
    ----------
    network : Network
        In evaluation mode, on the CPU.
    n_leads, n_samples : int
        Of the signal; fixed in the file, while the batch is free.
    onnx : Path, optional
        A file whose numbers aren't torch's is removed.
    program : Path, optional
        The same; must end in ``.pt2``. The file needs torch, but not einthoven.
    metadata : mapping, optional
        Labels, input spec, licence (``export_metadata``), stored as JSON: in an ONNX file under ``METADATA_KEY``, in a
        program as the extra file ``METADATA_FILE``.

    Raises
    ------
    CheckpointError
        onnx, onnxscript or onnxruntime is missing, or a file's numbers are not torch's.
    """
    if network.training:
        raise CheckpointError("a network is exported in evaluation mode: call network.eval() first")
    if program is not None and program.suffix != ".pt2":
        raise CheckpointError(f"torch reads programs from files whose names end in .pt2 alone, got {program.name}")
    answering = _Answering(network).eval()
    example = _inputs(network, 2, n_leads=n_leads, n_samples=n_samples)
    traced = trace(answering, example, outputs=("scores", "features") if answering.has_scores else ("features",))
    checks = []
    for path, write in ((onnx, write_onnx), (program, write_program)):
        if path is not None:
            run = write(traced, path, metadata=json.dumps(metadata or {}))
            checks.append(_checked(path, answering, run, n_leads=n_leads, n_samples=n_samples))
    return checks


class _Answering(nn.Module):
    """Scores, where there are labels, and features of one pass."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.has_scores = not isinstance(network.head, FeatureHead)

    def forward(self, signal: Tensor, covariates: Tensor | None = None) -> tuple[Tensor, ...]:
        network = self.network
        tokens = network.encoder.tokens(network.adapter(signal))
        features = network.encoder.pool(tokens)
        if not self.has_scores:
            return (features,)
        outputs = network.head(tokens if network.head.takes_tokens else features, covariates)
        return network.head.scores(outputs), features


def _checked(path: Path, answering: _Answering, run: Run, *, n_leads: int, n_samples: int) -> ExportCheck:
    errors = {}
    for batch in BATCH_SIZES:
        inputs = _inputs(answering.network, batch, n_leads=n_leads, n_samples=n_samples)
        with torch.inference_mode():
            pairs = zip(run(inputs), answering(*inputs.values()), strict=True)
            # NumPy's maximum of a number and NaN is NaN, which Python's may miss
            errors[batch] = float(np.max([_error(found.numpy(), wanted.numpy()) for found, wanted in pairs]))
    wrong = [batch for batch in BATCH_SIZES if not errors[batch] <= LARGEST_ERROR]
    if wrong:
        path.unlink()
        raise CheckpointError(
            f"{path} doesn't give torch's numbers, and is removed: at batch {wrong[0]} they differ by "
            f"{errors[wrong[0]]:.1e} of the largest, more than {LARGEST_ERROR:g}"
        )
    return ExportCheck(path, errors)


def _error(found: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


def _inputs(network: Network, batch: int, *, n_leads: int, n_samples: int) -> dict[str, Tensor]:
    """Return random inputs by name, in the order of ``forward``."""
    generator = torch.Generator().manual_seed(batch)
    inputs = {"signal": torch.randn(batch, n_leads, n_samples, generator=generator)}
    n_covariates = network.head.settings.n_covariates
    return inputs | ({"covariates": torch.randn(batch, n_covariates, generator=generator)} if n_covariates else {})
