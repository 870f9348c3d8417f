"""The decoder against NumPy, and that rows don't see each other and the order of patches doesn't matter."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.patch_encoder import PatchTokens
from einthoven.training.objectives.patch_decoder import PatchDecoder, check_decoder
from einthoven.training.objectives.patch_masks import PatchMasks
from models.patch_decoder_in_numpy import decoded
from models.pre_norm_in_numpy import weights

MASKS = PatchMasks(torch.tensor([[[1, 4], [0, 2]]]), torch.tensor([[[0, 2, 3], [1, 3, 4]]]))


def _decoder(*, in_each_block: bool, random: bool = True) -> PatchDecoder:
    shape = {"in_width": 6, "out_width": 7, "width": 8, "depth": 2, "heads": 2, "n_patches": 5}
    decoder = PatchDecoder(**shape, positions_in_each_block=in_each_block)
    generator = torch.Generator().manual_seed(3)
    for parameter in decoder.parameters() if random else ():
        nn.init.normal_(parameter, std=0.4, generator=generator)
    return decoder


def _visible(n_ends: int) -> PatchTokens:
    generator = torch.Generator().manual_seed(4)
    return PatchTokens(torch.randn(1, 2, 2, 6, generator=generator), torch.randn(1, 2, n_ends, 6, generator=generator))


@pytest.mark.parametrize("in_each_block", [True, False])
@pytest.mark.parametrize("n_ends", [0, 2])
def test_predictions_are_what_numpy_computes_in_order_of_time(n_ends, in_each_block):
    decoder, visible = _decoder(in_each_block=in_each_block), _visible(n_ends)
    told = decoder(visible, MASKS)
    assert told.shape == (1, 2, 3, 7)
    for row in range(2):
        tokens, ends = (part[0, row].double().numpy() for part in visible)
        kept, masked = (part[0, row].numpy() for part in MASKS)
        expected = decoded(weights(decoder), tokens, ends, kept, masked, heads=2, in_each_block=in_each_block)
        np.testing.assert_allclose(told[0, row].detach().numpy(), expected, atol=2e-5)


def test_a_row_is_told_from_its_own_patches_alone():
    decoder, visible = _decoder(in_each_block=False), _visible(2)
    changed = PatchTokens(visible.patches.clone(), visible.ends)
    changed.patches[0, 1] += 1
    before, after = decoder(visible, MASKS), decoder(changed, MASKS)
    assert torch.equal(before[0, 0], after[0, 0])
    assert not torch.allclose(before[0, 1], after[0, 1])


def test_predictions_come_in_the_order_of_the_hidden_patches():
    decoder, visible = _decoder(in_each_block=True), _visible(0)
    turned = decoder(visible, PatchMasks(MASKS.kept, MASKS.masked.flip(2)))
    assert torch.allclose(turned, decoder(visible, MASKS).flip(2), atol=1e-5)


def test_the_first_predictions_are_small():
    assert _decoder(in_each_block=False, random=False)(_visible(2), MASKS).abs().max() < 0.3


@pytest.mark.parametrize(("width", "depth", "heads"), [(9, 1, 3), (8, 0, 2), (8, 1, 3), (0, 1, 1), (8, 1, 0)])
def test_a_shape_that_makes_no_decoder_is_refused_with_all_three_numbers(width, depth, heads):
    with pytest.raises(SpecificationError, match=f"the decoder .*width {width}, depth {depth}, heads {heads}"):
        check_decoder(width, depth, heads, name="the decoder")
