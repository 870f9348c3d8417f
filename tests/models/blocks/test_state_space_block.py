"""The block around a state space against its formula."""

from __future__ import annotations

import pytest
import torch

from einthoven.models.blocks.state_space import DiagonalStateSpace
from einthoven.models.blocks.state_space_block import StateSpaceBlock


def _block(dropout: float = 0.0) -> StateSpaceBlock:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return StateSpaceBlock(DiagonalStateSpace(4, state_size=2, bidirectional=True), dropout=dropout)


def test_the_block_is_its_formula():
    block, tokens = _block(), torch.randn(2, 30, 4)
    filtered = torch.nn.functional.gelu(block.state_space(tokens))
    value, gate = (filtered @ block.mix.weight.T + block.mix.bias).split(4, dim=-1)
    summed = tokens + value * torch.sigmoid(gate)
    mean, variance = summed.mean(-1, keepdim=True), summed.var(-1, keepdim=True, correction=0)
    assert torch.allclose(block(tokens), (summed - mean) / (variance + 1e-5).sqrt(), atol=1e-6)


def test_dropout_is_inside_and_in_training_alone():
    block, tokens = _block(dropout=0.5), torch.randn(2, 30, 4)
    assert not torch.equal(block(tokens), block(tokens))
    block.eval()
    assert torch.equal(block(tokens), block(tokens))


@pytest.mark.slow
def test_it_is_exported_for_any_number_of_ecgs():
    block = _block().eval()
    batch = torch.export.Dim("batch", min=1)
    exported = torch.export.export(block, (torch.randn(3, 200, 4),), dynamic_shapes=({0: batch},))
    tokens = torch.randn(7, 200, 4)
    assert torch.allclose(exported.module()(tokens), block(tokens), atol=1e-6)
