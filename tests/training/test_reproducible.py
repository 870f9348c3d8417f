"""A block with its own random state and switches, none of which is left behind."""

from __future__ import annotations

import torch

from einthoven.training.reproducible import reproducible, reseed


def test_the_random_state_and_the_switches_come_back():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with reproducible():
        reseed(1, 2)
        torch.rand(10)
        assert torch.are_deterministic_algorithms_enabled()
    assert torch.equal(torch.rand(3), expected)
    assert not torch.are_deterministic_algorithms_enabled()


def test_equal_entropy_gives_equal_numbers():
    with reproducible():
        reseed(1, 2)
        first = torch.rand(3)
        reseed(1, 3)
        second = torch.rand(3)
        reseed(1, 2)
        assert torch.equal(torch.rand(3), first)
    assert not torch.equal(first, second)
