"""Corrections from moments."""

from __future__ import annotations

import numpy as np
import pytest

N = 12


@pytest.fixture
def fits(script):
    return script("surface_moments")


def correlated(seed, n, scale):
    random = np.random.default_rng(seed)
    mixing = np.random.default_rng(7).standard_normal((N, N))
    return random.standard_normal((n, N)) @ mixing * scale


def healthy(fits, waves):
    return fits.Observed(waves, np.zeros((len(waves), 2)))


def corrected(space, fit, observed, seed=3):
    scores = space.scores(observed.waves)
    details = np.random.default_rng(seed).standard_normal(scores.shape)
    return scores @ fit.map + fit.offset + observed.findings @ fit.effects + details @ fit.details.T


def test_corrected_waves_have_mean_and_covariance_of_real_ones(fits):
    real = healthy(fits, correlated(1, 4000, 1.0) + 2.0)
    made = healthy(fits, correlated(2, 4000, np.linspace(0.3, 2.0, N)))
    space = fits.space_of(real.waves, np.ones(N), n=6)
    fit = fits.first_fit(space, real, made, made)
    wanted, reached = space.scores(real.waves), corrected(space, fit, made)
    assert reached.mean(0) == pytest.approx(wanted.mean(0), abs=0.3)
    assert np.cov(reached.T) == pytest.approx(np.cov(wanted.T), abs=0.1 * np.cov(wanted.T).max())


def test_nothing_is_made_larger_than_it_was(fits):
    real, made = healthy(fits, correlated(1, 2000, 1.0)), healthy(fits, correlated(2, 2000, 0.2))
    fit = fits.first_fit(fits.space_of(real.waves, np.ones(N), n=6), real, made, made)
    assert np.linalg.eigvalsh(fit.map).max() <= 1 + 1e-9


def test_noise_that_the_recording_adds_is_not_made_twice(fits):
    real, made = healthy(fits, correlated(1, 4000, 1.0)), healthy(fits, correlated(2, 4000, 1.0))
    noise = np.random.default_rng(5).standard_normal(made.waves.shape)
    recorded = healthy(fits, made.waves + noise)
    space = fits.space_of(real.waves, np.ones(N), n=N)
    missing = [
        np.trace(np.cov(space.scores(real.waves).T))
        - np.trace(np.cov(corrected(space, fits.first_fit(space, real, seen, made), made).T))
        for seen in (made, recorded)
    ]
    assert missing[1] - missing[0] > N / 3


def diseased(fits, seed, persons, effect):
    findings = np.zeros((2000, 2))
    findings[:persons, 0] = 1
    return fits.Observed(correlated(seed, 2000, 1.0) + findings[:, :1] * effect, findings)


@pytest.mark.parametrize(("persons", "share"), [(1000, 1.0), (4, 0.0)])
def test_what_comes_with_a_finding_is_as_in_many_real_ones_or_else_as_simulated(fits, persons, share):
    real, made = diseased(fits, 1, persons, 8.0), diseased(fits, 2, 1000, -8.0)
    space = fits.space_of(real.waves, np.ones(N), n=N)
    fit = fits.first_fit(space, real, made, made)
    reached = corrected(space, fit, made)
    effect = (reached[:1000].mean(0) - reached[1000:].mean(0)) @ space.basis.T
    assert effect == pytest.approx(np.full(N, -8.0 + 16.0 * share), abs=1.5)


def test_a_round_moves_the_wanted_mean_by_half_of_what_is_missing(fits):
    real, made = healthy(fits, correlated(1, 2000, 1.0) + 1.0), healthy(fits, correlated(2, 2000, 1.0))
    space = fits.space_of(real.waves, np.ones(N), n=6)
    before = fits.first_fit(space, real, made, made)
    after = fits.next_fit(space, before, real, made, made)
    missing = space.scores(real.waves).mean(0) - space.scores(made.waves).mean(0)
    assert after.wanted.mean - before.wanted.mean == pytest.approx(missing / 2, abs=0.2)
