"""A traced network written as an ONNX file or as a program of torch, and what runs the file."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram
from torch.fx import GraphModule

from einthoven.errors import CheckpointError

if TYPE_CHECKING:
    import onnxruntime

__all__ = ["METADATA_FILE", "METADATA_KEY", "Run", "Traced", "onnx_session", "trace", "write_onnx", "write_program"]

METADATA_KEY = "einthoven"
"""What an ONNX file holds the metadata under (``metadata_props``)."""

METADATA_FILE = "einthoven.json"
"""What a program of torch holds the metadata under (``extra_files`` of ``torch.export.load``)."""

Run = Callable[[dict[str, Tensor]], Sequence[Tensor]]


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A module as a graph, whose first axis is free.

    Attributes
    ----------
    program : ExportedProgram
    inputs, outputs : tuple of str
    """

    program: ExportedProgram
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def trace(module: nn.Module, example: Mapping[str, Tensor], *, outputs: Sequence[str]) -> Traced:
    """Return the graph of ``module(*example.values())``, for any size of the first axis, which all inputs share.

    Parameters
    ----------
    module : Module
    example : mapping of str to Tensor
        At least two rows: with one the exporter takes the first axis for fixed. The names are those of ``forward``.
    outputs : sequence of str
    """
    batch = torch.export.Dim("batch")
    with _quiet():
        program = torch.export.export(
            module, tuple(example.values()), dynamic_shapes={name: {0: batch} for name in example}
        )
    return Traced(program, tuple(example), tuple(outputs))


def write_onnx(traced: Traced, path: Path, *, metadata: str) -> Run:
    """Write an ONNX file and return what runs it, by onnxruntime.

    Raises
    ------
    CheckpointError
        onnx, onnxscript or onnxruntime is missing.
    """
    with _quiet(), _needs("onnx", "onnxscript"):
        program = torch.onnx.export(
            traced.program, dynamo=True, input_names=list(traced.inputs), output_names=list(traced.outputs)
        )
    assert program is not None
    program.model.metadata_props[METADATA_KEY] = metadata
    path.parent.mkdir(parents=True, exist_ok=True)
    program.save(str(path))
    session = onnx_session(path)

    def run(inputs: dict[str, Tensor]) -> Sequence[Tensor]:
        outputs = session.run(None, {name: tensor.numpy() for name, tensor in inputs.items()})
        return [torch.from_numpy(output) for output in outputs]

    return run


def write_program(traced: Traced, path: Path, *, metadata: str) -> Run:
    """Write a program of ``torch.export`` and return what runs it."""
    # what is computed in vain where autocast is off is written, but can't be read
    for part in traced.program.graph_module.modules():
        if isinstance(part, GraphModule):
            part.graph.eliminate_dead_code()
            part.recompile()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _quiet():
        torch.export.save(traced.program, path, extra_files={METADATA_FILE: metadata})
        loaded = torch.export.load(path).module()
    return lambda inputs: loaded(*inputs.values())


def onnx_session(path: Path, *, threads: int = 0) -> onnxruntime.InferenceSession:
    """Return an onnxruntime session on the CPU; 0 threads leaves their number to onnxruntime."""
    with _needs("onnxruntime"):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


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
