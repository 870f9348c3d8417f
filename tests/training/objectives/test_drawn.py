"""Integers and noise that are a function of a key."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from einthoven.training.objectives import drawn
from einthoven.training.objectives.drawn import drawn_integers, gumbel

KEYS = torch.arange(40) * 104_729


def test_integers_are_even_and_below_their_limit():
    """Chi-square over 40 keys of 500 integers each."""
    counts = np.bincount(drawn_integers(KEYS, 500, below=7, stream=24).flatten().numpy(), minlength=7)
    assert len(counts) == 7
    assert stats.chisquare(counts).pvalue > 1e-3


def test_each_key_may_have_a_limit_of_its_own():
    limit = torch.arange(1, 41)
    integers = drawn_integers(KEYS, 2000, below=limit, stream=3)
    assert torch.equal(integers.amin(dim=1), torch.zeros(40, dtype=torch.int64))
    assert torch.equal(integers.amax(dim=1), limit - 1)


def test_a_key_draws_the_same_in_any_batch():
    assert torch.equal(
        drawn_integers(KEYS[7:8], 30, below=9, stream=1)[0], drawn_integers(KEYS, 30, below=9, stream=1)[7]
    )
    assert torch.equal(gumbel(KEYS[7:8], 30, stream=1)[0], gumbel(KEYS, 30, stream=1)[7])


def test_the_largest_number_draws_neither_the_limit_nor_infinite_noise(monkeypatch):
    """One number of 2**24 is rounded to 1."""
    monkeypatch.setattr(drawn, "uniform", lambda keys, count, **_: torch.ones(len(keys), count))
    assert drawn_integers(KEYS, 1, below=1000, stream=0).unique().tolist() == [999]
    assert gumbel(KEYS, 1, stream=0).max() < 17


def test_noise_is_gumbel_noise():
    assert stats.kstest(gumbel(KEYS, 500, stream=2).flatten().numpy(), "gumbel_r").pvalue > 1e-3


def test_the_largest_of_logits_with_noise_is_a_draw_of_their_softmax():
    shares = torch.tensor([0.5, 0.3, 0.15, 0.05])
    choices = (shares.log() + gumbel(KEYS, 4 * 500, stream=31).reshape(-1, 4)).argmax(dim=1)
    assert np.bincount(choices, minlength=4) / 20_000 == pytest.approx(shares.numpy(), abs=0.015)
