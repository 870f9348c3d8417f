"""A mean over what counts, in one process and in shares of several."""

from __future__ import annotations

import pytest
import torch

from einthoven.training.objectives import mean_over_processes as module
from einthoven.training.objectives.gathered import Gathered
from einthoven.training.objectives.mean_over_processes import mean_over_processes


def test_shares_of_two_processes_average_to_the_mean_of_all(monkeypatch):
    """The process with fewer rows that count doesn't weigh more."""
    values, counts = torch.tensor([1.0, 5.0, 6.0, 100.0]), torch.tensor([True, True, True, False])
    monkeypatch.setattr(module, "gathered", lambda _: Gathered(torch.tensor([2, 1]), 0))
    shares = [mean_over_processes(values[half], counts[half]) for half in (slice(0, 2), slice(2, 4))]
    assert torch.stack(shares).mean().item() == pytest.approx(4.0)


def test_nothing_that_counts_gives_zero():
    """No division by zero."""
    assert mean_over_processes(torch.ones(3), torch.zeros(3, dtype=torch.bool)) == 0
