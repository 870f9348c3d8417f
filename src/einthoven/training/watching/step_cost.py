"""What one sample of a training step computes, counted once in a run, and what share of the machine that uses."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from einthoven.training.hardware import hardware_in_words
from einthoven.training.step_report import StepReport
from einthoven.training.watching.arithmetic import FlopCount, matrix_rate

__all__ = ["StepCost"]

_DTYPES = {"bf16-mixed": torch.bfloat16, "bf16-true": torch.bfloat16, "16-mixed": torch.float16}
# the first step also builds caches, and rehearses where several processes train
_COUNTED_FROM = 2


class StepCost:
    """Operations per sample, and the matrix rate of all processes together.

    Operations are counted in the second step. Where the encoder is compiled, that step runs uncompiled, as compiled
    code hides what it computes.

    Attributes
    ----------
    flops_per_sample : float, optional
        Of forward and backward; None until it is counted.
    matrix_rate : float, optional
        Floating-point operations per second, of all processes; None until it is measured.
    hardware, precision : str
    processes : int
    trained_parameters : int
        Weights of encoder and objectives that the optimiser changes.
    """

    def __init__(self) -> None:
        self.flops_per_sample: float | None = None
        self.matrix_rate: float | None = None
        self.hardware, self.precision, self.processes = "", "", 1
        self.trained_parameters = 0
        self._count: FlopCount | None = None
        self._stance: Any = None
        self._micro_batch_size = 0

    def count_weights(self, module: nn.Module) -> None:
        """Count what is trained, before weights are shared among processes."""
        self.trained_parameters = sum(one.numel() for one in module.parameters() if one.requires_grad)

    def measure_rate(self, trainer: Any, module: Any) -> None:
        """Measure on all processes at once, as they share processors."""
        self.hardware, self.precision = hardware_in_words(module.device), str(trainer.precision)
        self.processes = trainer.world_size
        dtype = _DTYPES.get(str(trainer.precision), torch.float32)
        own = torch.tensor(matrix_rate(module.device, dtype), dtype=torch.float64, device=module.device)
        self.matrix_rate = float(trainer.strategy.reduce(own, reduce_op="sum"))

    def before_step(self, step: int, micro_batch_size: int) -> None:
        """Begin to count where it has to be done; ``step`` is the one that is about to be done, from 1."""
        if self.flops_per_sample is not None or step < _COUNTED_FROM:
            return
        self._micro_batch_size = micro_batch_size
        self._stance = torch.compiler.set_stance("force_eager")
        self._count = FlopCount()
        self._stance.__enter__()
        self._count.__enter__()  # type: ignore[no-untyped-call] # torch ships no types for it

    def after_step(self, report: StepReport | None, *, world_size: int) -> None:
        """Take the count, unless the step was tried more than once: then the next one is counted."""
        count = self.stop()
        if count is None or report is None or report.micro_batch_size != self._micro_batch_size:
            return
        self.flops_per_sample = count * world_size / report.samples

    def stop(self) -> int | None:
        """Count no longer; return what was counted."""
        count, self._count = self._count, None
        if count is None:
            return None
        count.__exit__(None, None, None)  # type: ignore[no-untyped-call]
        self._stance.__exit__(None, None, None)
        return count.flops

    def tflop_per_s(self, samples_per_s: float) -> float | None:
        """Return achieved operations in 10^12 per second; None until they are counted."""
        return None if self.flops_per_sample is None else self.flops_per_sample * samples_per_s / 1e12

    def utilisation(self, samples_per_s: float) -> float | None:
        """Return achieved operations over the matrix rate, 0 to 1; None where either isn't known."""
        if self.flops_per_sample is None or not self.matrix_rate:
            return None
        return self.flops_per_sample * samples_per_s / self.matrix_rate
