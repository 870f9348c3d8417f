"""Measures of collapse: against torch's singular values, and on embeddings that are collapsed, half and not at all."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.training.watching.spread import dead_share, effective_rank, normalised_deviation, spread


@pytest.fixture
def healthy():
    """Return embeddings (400, 16) that fill all directions."""
    return np.random.default_rng(0).standard_normal((400, 16))


@pytest.mark.parametrize("shape", [(50, 8), (8, 50), (30, 30)])
def test_the_rank_is_that_of_the_papers_formula_on_singular_values(shape):
    embeddings = np.random.default_rng(1).standard_normal(shape) + 2
    singular = torch.linalg.svdvals(torch.from_numpy(embeddings))
    share = singular / singular.sum() + 1e-7
    assert effective_rank(embeddings) == pytest.approx(float(torch.exp(-(share * share.log()).sum())), rel=1e-5)


def test_healthy_embeddings_use_all_directions(healthy):
    found = spread(healthy)
    assert found.effective_rank > 15.5
    assert found.normalised_deviation == pytest.approx(1, abs=0.02)
    assert found.dead_share == 0


@pytest.mark.parametrize("noise", [0.0, 1e-8])
def test_collapsed_embeddings_use_one_direction(noise):
    """Also with the noise of rounding, which must not be taken for information."""
    collapsed = np.arange(1.0, 17) + noise * np.random.default_rng(0).standard_normal((400, 16))
    found = spread(collapsed)
    assert found.effective_rank == pytest.approx(1, abs=1e-3)
    assert found.normalised_deviation < 1e-6
    assert found.dead_share == 1


def test_embeddings_of_which_half_the_dimensions_are_constant_are_half_dead(healthy):
    healthy[:, 8:] = 0.5
    found = spread(healthy)
    assert found.dead_share == 0.5
    assert 6 < found.effective_rank < 10


def test_embeddings_in_a_plane_have_rank_two_though_no_dimension_is_dead():
    generator = np.random.default_rng(2)
    flat = generator.standard_normal((400, 2)) @ np.linalg.qr(generator.standard_normal((16, 2)))[0].T
    assert effective_rank(flat) == pytest.approx(2, abs=0.01)
    assert dead_share(flat) == 0


def test_the_deviation_does_not_depend_on_the_embeddings_length(healthy):
    assert normalised_deviation(healthy * 1000) == pytest.approx(normalised_deviation(healthy))


def test_embeddings_of_zeros_are_collapsed_and_no_error():
    found = spread(np.zeros((5, 4)))
    assert (found.effective_rank, found.normalised_deviation, found.dead_share) == (1.0, 0.0, 1.0)
