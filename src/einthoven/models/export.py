"""A trained network as a file that runs without einthoven: ONNX, or a program of ``torch.export``.

Both take float32 (batch, lead, sample) of any batch size and of one length, and give ``scores`` (batch, label) and
``features`` (batch, width). What is written is compared with torch before anybody can use it.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from einthoven.errors import CheckpointError
from einthoven.models.network import Network

if TYPE_CHECKING:
    import onnxruntime

__all__ = ["BATCH_SIZES", "LARGEST_ERROR", "ExportCheck", "export_onnx", "export_program", "onnx_session"]

BATCH_SIZES = (1, 2, 7, 64)
"""What every exported file is compared with torch on."""

LARGEST_ERROR = 1e-4
"""Relative to the largest number of scores or features: the parity that is asked of CPU and GPU, too."""

Run = Callable[[Tensor], tuple[Tensor, Tensor]]


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


class _Scoring(nn.Module):
    """Scores and features of one pass."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, signal: Tensor) -> tuple[Tensor, Tensor]:
        network = self.network
        tokens = network.encoder.tokens(network.adapter(signal))
        features = network.encoder.pool(tokens)
        outputs = network.head(tokens if network.head.takes_tokens else features)
        return network.head.scores(outputs), features


def export_onnx(
    network: Network, path: Path, *, n_leads: int, n_samples: int, metadata: Mapping[str, Any] | None = None
) -> ExportCheck:
    """Write an ONNX file and return how far its numbers, by onnxruntime, are from torch's.

    Parameters
    ----------
    network : Network
        In evaluation mode, on the CPU.
    path : Path
    n_leads, n_samples : int
        Of the signal; fixed in the file, while the batch is free.
    metadata : mapping, optional
        Labels, input spec, licence...; stored in the file as JSON under the key ``einthoven``.

    Raises
    ------
    CheckpointError
        onnx, onnxscript or onnxruntime is missing, or the file's numbers are not torch's.
    """
    scoring = _scoring(network)
    with _quiet(), _needs("onnx", "onnxscript"):
        program = torch.onnx.export(
            scoring,
            (_signal(2, n_leads, n_samples),),  # with a batch of 1 the exporter takes the batch for fixed
            dynamo=True,
            input_names=["signal"],
            output_names=["scores", "features"],
            dynamic_shapes={"signal": {0: torch.export.Dim("batch")}},
        )
    assert program is not None
    if metadata:
        program.model.metadata_props["einthoven"] = json.dumps(metadata)
    path.parent.mkdir(parents=True, exist_ok=True)
    program.save(str(path))
    session = onnx_session(path)

    def run(signal: Tensor) -> tuple[Tensor, Tensor]:
        scores, features = session.run(None, {"signal": signal.numpy()})
        return torch.from_numpy(scores), torch.from_numpy(features)

    return _checked(path, scoring, run, n_leads=n_leads, n_samples=n_samples)


def onnx_session(path: Path, *, threads: int = 0) -> onnxruntime.InferenceSession:
    """Return an onnxruntime session on the CPU; 0 threads leaves their number to onnxruntime."""
    with _needs("onnxruntime"):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def export_program(network: Network, path: Path, *, n_leads: int, n_samples: int) -> ExportCheck:
    """Write a program of ``torch.export`` (``.pt2``) and return how far its numbers are from the network's.

    Parameters and errors are those of ``export_onnx``; the file needs torch, but not einthoven.
    """
    scoring = _scoring(network)
    with _quiet():
        program = torch.export.export(
            scoring,
            (_signal(2, n_leads, n_samples),),
            dynamic_shapes={"signal": {0: torch.export.Dim("batch")}},
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.export.save(program, path)
    loaded = torch.export.load(path).module()
    return _checked(path, scoring, loaded, n_leads=n_leads, n_samples=n_samples)


def _scoring(network: Network) -> _Scoring:
    if network.training:
        raise CheckpointError("a network is exported in evaluation mode: call network.eval() first")
    return _Scoring(network).eval()


def _checked(path: Path, scoring: _Scoring, run: Run, *, n_leads: int, n_samples: int) -> ExportCheck:
    errors = {}
    for batch in BATCH_SIZES:
        signal = _signal(batch, n_leads, n_samples)
        with torch.inference_mode():
            pairs = zip(run(signal), scoring(signal), strict=True)
            errors[batch] = max(_error(found.numpy(), wanted.numpy()) for found, wanted in pairs)
    worst = max(errors, key=lambda batch: errors[batch])
    if not errors[worst] <= LARGEST_ERROR:
        raise CheckpointError(
            f"{path} doesn't give torch's numbers: at batch {worst} they differ by {errors[worst]:.1e} of the largest, "
            f"more than {LARGEST_ERROR:g}; don't use it"
        )
    return ExportCheck(path, errors)


def _error(found: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


def _signal(batch: int, n_leads: int, n_samples: int) -> Tensor:
    return torch.randn(batch, n_leads, n_samples, generator=torch.Generator().manual_seed(batch))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's progress and its remarks about itself away; what fails still raises."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "torch.export", "onnxscript")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextlib.contextmanager
def _needs(*packages: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise CheckpointError(
            f"exporting needs {' and '.join(packages)}; {error.name} isn't installed: pip install 'einthoven[export]'"
        ) from error
