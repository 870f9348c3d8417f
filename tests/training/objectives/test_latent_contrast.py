"""Which latents stand against a prediction, and the loss that follows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import logsumexp

from einthoven.errors import SpecificationError
from einthoven.training.objectives.latent_contrast import other_windows, tell_latents, window_negatives

KEYS = torch.arange(200) * 7919
N_TOKENS = 9
GENERATOR = torch.Generator().manual_seed(0)
LATENTS = torch.randn(3, N_TOKENS, 4, generator=GENERATOR)
PREDICTION = torch.randn(3, N_TOKENS - 2, 4, generator=GENERATOR)


def test_a_latent_never_stands_against_itself_and_the_others_do_evenly():
    """Chi-square over 200 keys, for each of the nine latents."""
    negatives = window_negatives(KEYS, N_TOKENS, count=6)
    assert negatives.shape == (200, N_TOKENS, 6)
    for token in range(N_TOKENS):
        counts = np.bincount(negatives[:, token].flatten().numpy(), minlength=N_TOKENS)
        assert counts[token] == 0
        assert stats.chisquare(np.delete(counts, token)).pvalue > 1e-3, token


@pytest.mark.parametrize("count", [N_TOKENS - 1, 128])
def test_all_other_latents_stand_against_one_where_there_are_no_more_than_asked_for(count):
    negatives = window_negatives(KEYS, N_TOKENS, count=count)
    assert negatives.shape == (1, N_TOKENS, N_TOKENS - 1)
    for token in range(N_TOKENS):
        assert sorted([token, *negatives[0, token].tolist()]) == list(range(N_TOKENS))


def test_negatives_of_a_window_do_not_depend_on_its_neighbours():
    together = window_negatives(KEYS, N_TOKENS, count=6)
    assert torch.equal(window_negatives(KEYS[17:18], N_TOKENS, count=6)[0], together[17])


def test_other_windows_are_all_windows_but_the_own_one_and_all_their_tokens_evenly():
    """The latents are their own numbers, so those that were drawn can be told."""
    rows, drawn = 5, 4000
    latents = torch.arange(rows * N_TOKENS, dtype=torch.float32).reshape(rows, N_TOKENS, 1)
    others = other_windows(latents, keys=KEYS[:rows], count=drawn)
    for row in range(rows):
        counts = np.bincount(others[row, :, 0].long().numpy(), minlength=rows * N_TOKENS)
        own = np.arange(row * N_TOKENS, (row + 1) * N_TOKENS)
        assert counts[own].sum() == 0
        assert stats.chisquare(np.delete(counts, own)).pvalue > 1e-3, row


def test_a_single_window_has_no_others():
    assert other_windows(LATENTS[:1], keys=KEYS[:1], count=0) is None
    with pytest.raises(SpecificationError, match="two windows or more in a micro-batch, got 1"):
        other_windows(LATENTS[:1], keys=KEYS[:1], count=3)


def _loss(own: float, against: np.ndarray) -> float:
    return float(logsumexp([own, *against]) - own)


@pytest.mark.parametrize("count", [4, N_TOKENS])
@pytest.mark.parametrize("with_others", [False, True])
def test_the_loss_is_that_of_its_formula(count, with_others):
    negatives = window_negatives(KEYS[:3], N_TOKENS, count=count)
    others = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(1)) if with_others else None
    told = tell_latents(PREDICTION, LATENTS, ahead=2, negatives=negatives, others=others)
    for row in range(3):
        for token in range(N_TOKENS - 2):
            prediction = PREDICTION[row, token].double().numpy()
            against = LATENTS[row, negatives.expand(3, -1, -1)[row, token + 2]].double().numpy() @ prediction
            if others is not None:
                against = np.append(against, others[row].double().numpy() @ prediction)
            own = LATENTS[row, token + 2].double().numpy() @ prediction
            assert told.loss[row, token].item() == pytest.approx(_loss(own, against), rel=1e-4, abs=1e-5)
            assert told.found[row, token].item() == float(own > against.max())


def test_equal_latents_are_told_by_nobody():
    """The loss is that of chance, and nothing is found, so a collapse can't look like success."""
    told = tell_latents(
        PREDICTION, torch.ones(3, N_TOKENS, 4), ahead=2, negatives=window_negatives(KEYS[:3], N_TOKENS, count=99)
    )
    assert told.loss == pytest.approx(np.full((3, N_TOKENS - 2), np.log(N_TOKENS)), rel=1e-5)
    assert told.found.sum() == 0
