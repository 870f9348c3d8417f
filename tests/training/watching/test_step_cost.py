"""The cost of a sample is counted once, also where the step runs compiled, and not of a step that was tried twice."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from einthoven.training.step_report import StepReport
from einthoven.training.watching.step_cost import StepCost

FORWARD_AND_BACKWARD = 2 * 2 * 5 * 7  # of a sample: the layer's product, and that for its weight


def _report(step: int, micro_batch_size: int = 4) -> StepReport:
    return StepReport(step, 1, {"loss": 1.0}, 1.0, 0.1, samples=4, micro_batch_size=micro_batch_size)


def _step(cost: StepCost, layer, step: int, *, before: int = 4, after: int = 4) -> None:
    cost.before_step(step, before)
    layer(torch.ones(4, 5)).sum().backward()
    cost.after_step(_report(step, after), world_size=1)


@pytest.mark.parametrize("compiled", [False, True])
def test_the_second_step_is_counted(compiled):
    layer = nn.Linear(5, 7)
    cost, run = StepCost(), torch.compile(layer, backend="eager") if compiled else layer
    _step(cost, run, 1)
    assert cost.flops_per_sample is None
    _step(cost, run, 2)
    assert cost.flops_per_sample == FORWARD_AND_BACKWARD
    _step(cost, nn.Sequential(layer, nn.Linear(7, 7)), 3)
    assert cost.flops_per_sample == FORWARD_AND_BACKWARD


def test_a_step_that_was_tried_with_smaller_parts_is_counted_in_the_next_one():
    cost, layer = StepCost(), nn.Linear(5, 7)
    _step(cost, layer, 2, before=4, after=2)
    assert cost.flops_per_sample is None
    _step(cost, layer, 3, before=2, after=2)
    assert cost.flops_per_sample == FORWARD_AND_BACKWARD


def test_the_share_of_the_machine_is_achieved_over_possible_operations():
    cost = StepCost()
    assert cost.utilisation(100.0) is None
    cost.flops_per_sample, cost.matrix_rate = 2e6, 1e9
    assert cost.utilisation(100.0) == pytest.approx(0.2)


def test_an_error_within_a_step_ends_the_count():
    cost = StepCost()
    cost.before_step(2, 4)
    cost.stop()
    assert cost.stop() is None
    nn.Linear(2, 2)(torch.ones(1, 2))
    assert cost.flops_per_sample is None
