"""Entries are drawn as their softmax says, by the windows' keys, and idle ones can be counted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.training.objectives.product_quantiser import ProductQuantiser, annealed, perplexity

KEYS = torch.arange(500) * 7919


def _quantiser(**shape):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ProductQuantiser(4, **({"width": 6, "groups": 2, "entries": 5} | shape))


def _vectors(rows, places=3):
    return torch.randn(rows, places, 4, generator=torch.Generator().manual_seed(1))


def test_a_quantised_vector_is_an_entry_of_each_book():
    quantiser = _quantiser()
    for quantiser.training in (True, False):
        out = quantiser(_vectors(2), keys=KEYS[:2], temperature=1.0, stream=31)
        for row in range(2):
            for place in range(3):
                halves = [quantiser.entries[group, out.codes[row, place, group]] for group in range(2)]
                torch.testing.assert_close(out.vectors[row, place], torch.cat(halves))


def test_without_training_the_likeliest_entries_are_taken():
    """Recomputed in NumPy from the weights."""
    quantiser = _quantiser().eval()
    vectors = _vectors(2)
    out = quantiser(vectors, keys=KEYS[:2], temperature=1.0, stream=31)
    weight, bias = (tensor.detach().double().numpy() for tensor in quantiser.logits.parameters())
    logits = (vectors.double().numpy() @ weight.T + bias).reshape(2, 3, 2, 5)
    assert np.array_equal(out.codes.numpy(), logits.argmax(-1))
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    assert out.probabilities.detach().numpy() == pytest.approx(shares, rel=1e-4)


def test_in_training_entries_are_drawn_with_their_probabilities():
    """500 keys, three places, one vector."""
    quantiser = _quantiser()
    with torch.no_grad():
        quantiser.logits.weight.mul_(0.5)
        out = quantiser(_vectors(1)[:, :1].expand(500, 3, -1), keys=KEYS, temperature=2.0, stream=31)
    for group in range(2):
        drawn = np.bincount(out.codes[..., group].flatten().numpy(), minlength=5) / 1500
        assert drawn == pytest.approx(out.probabilities[0, 0, group].numpy(), abs=0.045)


def test_a_window_draws_the_same_beside_any_neighbours():
    quantiser = _quantiser()
    vectors = _vectors(20)
    together = quantiser(vectors, keys=KEYS[:20], temperature=2.0, stream=31)
    alone = quantiser(vectors[7:8], keys=KEYS[7:8], temperature=2.0, stream=31)
    assert torch.equal(together.codes[7], alone.codes[0])


def test_gradients_are_those_of_the_softmax_at_the_temperature():
    """Straight through: the choice forwards, the softmax of logits and noise backwards."""
    quantiser = _quantiser(groups=1, width=3)
    vectors = _vectors(1, places=1)
    out = quantiser(vectors, keys=KEYS[:1], temperature=0.7, stream=31)
    out.vectors.sum().backward()
    from einthoven.training.objectives.drawn import gumbel

    logits = quantiser.logits(vectors).flatten().detach().requires_grad_()
    soft = torch.softmax((logits + gumbel(KEYS[:1], 5, stream=31)[0]) / 0.7, dim=-1)
    (soft @ quantiser.entries[0].detach()).sum().backward()
    torch.testing.assert_close(quantiser.logits.bias.grad, logits.grad)


def test_all_entries_in_even_use_make_the_greatest_perplexity_and_one_alone_the_least():
    even, one = torch.full((2, 320), 1 / 320), torch.eye(320)[:2]
    assert perplexity(even).tolist() == pytest.approx([320, 320], rel=1e-3)
    assert perplexity(one).tolist() == pytest.approx([1, 1], rel=1e-4)
    assert (perplexity(torch.softmax(torch.randn(50, 320), dim=-1)) < 320).all()


def test_the_temperature_falls_by_equal_factors():
    temperatures = [annealed((2.0, 0.5), progress=progress / 10) for progress in range(11)]
    assert (temperatures[0], temperatures[-1]) == (2.0, 0.5)
    assert np.diff(np.log(temperatures)) == pytest.approx([np.log(0.25) / 10] * 10)


def test_a_width_that_books_cannot_share_is_refused():
    with pytest.raises(SpecificationError, match="a width that is a multiple of groups, got 4, 5 and 6"):
        _quantiser(groups=4)


def test_entries_and_their_use_are_those_of_transformers():
    """``Wav2Vec2GumbelVectorQuantizer`` with the same weights, without training."""
    from transformers import Wav2Vec2Config  # takes seconds
    from transformers.models.wav2vec2.modeling_wav2vec2 import Wav2Vec2GumbelVectorQuantizer

    shape = {"num_codevector_groups": 2, "num_codevectors_per_group": 5, "codevector_dim": 6, "conv_dim": (4,)}
    config = Wav2Vec2Config(**shape, conv_stride=(1,), conv_kernel=(1,), num_feat_extract_layers=1)
    theirs, ours = Wav2Vec2GumbelVectorQuantizer(config).eval(), _quantiser().eval()
    with torch.no_grad():
        theirs.codevectors.copy_(ours.entries.reshape(1, 10, 3))
        theirs.weight_proj.weight.copy_(ours.logits.weight)
        theirs.weight_proj.bias.copy_(ours.logits.bias)
        vectors = _vectors(4)
        expected, in_use = theirs(vectors)
        out = ours(vectors, keys=KEYS[:4], temperature=1.0, stream=31)
    torch.testing.assert_close(out.vectors, expected)
    shares = torch.nn.functional.one_hot(out.codes, 5).float().mean(dim=(0, 1))  # theirs count choices outside training
    torch.testing.assert_close(perplexity(shares).sum(), in_use)
