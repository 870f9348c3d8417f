"""Distractors of hidden latents, and the loss that follows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from einthoven.training.objectives.hidden_latents import drawn_distractors, tell_hidden
from einthoven.training.objectives.span_masks import span_masks

KEYS = torch.arange(400) * 7919
SPANS = span_masks(KEYS, 30, share=0.5, length=4, stream=29)


def test_distractors_are_other_hidden_tokens_of_the_same_window():
    chosen = drawn_distractors(KEYS, SPANS, count=100, stream=30)
    assert chosen.shape == (400, SPANS.place.shape[1], 100)
    for row in range(0, 400, 20):
        for place in range(int(SPANS.n_hidden[row])):
            tokens = SPANS.place[row, chosen[row, place]]
            assert SPANS.hidden[row, tokens].all()
            assert (tokens != SPANS.place[row, place]).all()


def test_distractors_are_drawn_evenly():
    """Chi-square of one hidden token's distractors over all keys that hide fourteen tokens."""
    rows = SPANS.n_hidden == 14
    chosen = drawn_distractors(KEYS, SPANS, count=100, stream=30)[rows]
    assert len(chosen) > 20
    for place in (0, 6, 13):
        counts = np.bincount(chosen[:, place].flatten().numpy(), minlength=14)
        assert len(counts) == 14
        assert counts[place] == 0
        assert stats.chisquare(np.delete(counts, place)).pvalue > 1e-3


def test_a_window_draws_the_same_beside_any_neighbours():
    alone = span_masks(KEYS[9:10], 30, share=0.5, length=4, stream=29)
    together = drawn_distractors(KEYS, SPANS, count=7, stream=30)
    assert torch.equal(drawn_distractors(KEYS[9:10], alone, count=7, stream=30)[0], together[9])


def test_the_loss_is_that_of_its_formula_and_equal_codes_do_not_count():
    generator = torch.Generator().manual_seed(0)
    prediction, target = torch.randn(2, 2, 6, 8, generator=generator)
    codes = torch.randint(0, 2, (2, 6, 2), generator=generator)
    chosen = torch.randint(0, 5, (2, 6, 9), generator=generator)
    chosen += chosen >= torch.arange(6)[:, None]
    told = tell_hidden(prediction, target, codes=codes, distractors=chosen, temperature=0.1)
    for row in range(2):
        for place in range(6):
            ours = prediction[row, place].double().numpy()

            def cosine(other, row=row, ours=ours):
                theirs = target[row, other].double().numpy()
                return ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs) / 0.1

            kept = [k for k in chosen[row, place].tolist() if codes[row, k].tolist() != codes[row, place].tolist()]
            against = np.array([cosine(k) for k in kept])
            own = cosine(place)
            expected = np.log(np.exp(own) + np.exp(against).sum()) - own
            assert told.loss[row, place].item() == pytest.approx(expected, rel=1e-4, abs=1e-5)
            assert told.found[row, place].item() == float(len(kept) > 0 and own > against.max())


def test_a_quantiser_of_one_entry_tells_nothing():
    told = tell_hidden(
        torch.randn(1, 4, 3),
        torch.ones(1, 4, 3),
        codes=torch.zeros(1, 4, 2, dtype=torch.int64),
        distractors=torch.tensor([[[1], [2], [3], [0]]]),
        temperature=0.1,
    )
    assert told.loss.abs().max() < 1e-6
    assert told.found.sum() == 0


def test_similarities_are_those_of_transformers():
    """``Wav2Vec2ForPreTraining``: own and distractors' cosines over the temperature, then cross-entropy."""
    from transformers.models.wav2vec2.modeling_wav2vec2 import Wav2Vec2ForPreTraining  # takes seconds

    prediction, target = torch.randn(2, 1, 7, 8, generator=torch.Generator().manual_seed(3))
    chosen = drawn_distractors(KEYS[:1], span_masks(KEYS[:1], 7, share=1.0, length=1, stream=29), count=9, stream=30)
    logits = Wav2Vec2ForPreTraining.compute_contrastive_logits(
        target[None, 0][None], target[0][chosen[0]].transpose(0, 1)[:, None], prediction, 0.1
    )
    expected = torch.nn.functional.cross_entropy(logits[:, 0].T, torch.zeros(7, dtype=torch.int64), reduction="none")
    told = tell_hidden(prediction, target, codes=torch.arange(7).reshape(1, 7, 1), distractors=chosen, temperature=0.1)
    torch.testing.assert_close(told.loss[0], expected, rtol=1e-4, atol=1e-5)
