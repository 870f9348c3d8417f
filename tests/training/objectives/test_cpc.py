"""Contrastive predictive coding: what it compares, what it can learn and what it can't, and what it refuses."""

from __future__ import annotations

import math

import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build_encoder
from einthoven.training.objectives.cpc import Cpc, CpcSettings, nearest_unseen
from einthoven.training.objectives.objective import Facts, Views

N_SAMPLES = 48


def _views(signal, *, first_key=0):
    key = first_key + torch.arange(len(signal))
    return Views(signal, None, key, key, torch.zeros(len(signal), 0))


def _made(*, settings=None, architecture="conv_cpc", n_samples=N_SAMPLES, seed=0, **shape):
    """Return objective and encoder; without ``shape`` a small conv_cpc of 12 tokens."""
    shape = shape or {"widths": [32], "kernel_sizes": [3], "strides": [4], "n_layers": 1, "dropout": 0.0}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        encoder = build_encoder(architecture, n_leads=2, **shape)
        facts = Facts(leads=("I", "II"), window_samples=n_samples, rate_hz=100.0)
        return Cpc(CpcSettings(**(settings or {})), encoder, facts), encoder


def _oscillators(count, generator):
    """Return sine and cosine of random phase and frequency, less than one turn per window: all latents differ."""
    frequency, phase = torch.rand(2, count, 1, generator=generator)
    angle = 2 * math.pi * ((0.6 + 0.3 * frequency) * torch.arange(N_SAMPLES) / N_SAMPLES + phase)
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def _noise(count, generator):
    return torch.randn(count, 2, N_SAMPLES, generator=generator)


def _learnt(draw, *, nearest=None, **made):
    """Return the accuracy on unseen windows after 100 steps, with the batch's statistics and with the running ones."""
    objective, encoder = _made(**made)
    objective.nearest = nearest or objective.nearest
    optimiser = torch.optim.AdamW([*encoder.parameters(), *objective.parameters()], 1e-2)
    generator = torch.Generator().manual_seed(1)
    for step in range(100):
        objective(encoder, _views(draw(32, generator), first_key=32 * step))["loss"].backward()
        optimiser.step()
        optimiser.zero_grad()
    views, accuracies = _views(draw(400, generator), first_key=10**6), []
    for training in (True, False):
        encoder.train(training)
        with torch.inference_mode():
            accuracies.append(objective(encoder, views)["accuracy"].item())
    return accuracies


def test_a_future_that_is_determined_is_told_from_all_other_latents():
    assert min(_learnt(_oscillators, settings={"steps": 2})) > 0.97


def test_the_future_of_white_noise_is_not_told_from_latents_of_other_windows():
    """Nor through the statistics of batch normalisation, which hold the future.

    Chance is 1 in 8; a standard error is 0.01 at most, as negatives are shared by the latents of a window.
    """
    settings = {"steps": 2, "window_negatives": 0, "batch_negatives": 7}
    wide = {"widths": [32], "kernel_sizes": [9], "strides": [4], "n_layers": 1, "dropout": 0.0}
    assert _learnt(_noise, settings=settings, **wide) == pytest.approx([1 / 8, 1 / 8], abs=0.03)


def test_latents_that_share_samples_with_the_context_would_give_the_answer_away():
    """Why the nearest prediction keeps its distance: noise that can't be told is told from the samples in common."""
    settings = {"steps": 1, "window_negatives": 0, "batch_negatives": 7}
    wide = {"widths": [32], "kernel_sizes": [9], "strides": [4], "n_layers": 1, "dropout": 0.0}
    assert min(_learnt(_noise, settings=settings, nearest=1, **wide)) > 0.5


@pytest.mark.parametrize(
    ("architecture", "shape"),
    [
        ("conv_cpc", {"widths": [8, 8], "kernel_sizes": [5, 3], "strides": [2, 2], "n_layers": 1}),
        ("conv_cpc", {"widths": [8], "kernel_sizes": [7], "strides": [8], "n_layers": 2}),
        ("s4", {"width": 8, "n_layers": 1, "stem_kernel_size": 5, "stem_stride": 2, "bidirectional": False}),
    ],
)
def test_what_is_predicted_shares_no_sample_with_its_context(architecture, shape):
    """Samples are changed one by one: none changes both a context and the latent that is predicted from it."""
    objective, encoder = _made(settings={"steps": 1}, architecture=architecture, **shape)
    encoder.eval()
    signal = torch.randn(1, 2, N_SAMPLES, generator=torch.Generator().manual_seed(0)).repeat(N_SAMPLES + 1, 1, 1)
    signal[torch.arange(N_SAMPLES), :, torch.arange(N_SAMPLES)] += 10
    with torch.inference_mode():
        latents = encoder.latents(signal)
        context = encoder.context(latents)
    seen, made_of = ((one[:-1] - one[-1]).abs().amax(dim=2) > 1e-4 for one in (context, latents))
    for token in range(latents.shape[1] - objective.nearest):
        assert not (seen[:, token] & made_of[:, token + objective.nearest]).any(), token
        assert (seen[:, token] & made_of[:, token + objective.nearest - 1]).any() or objective.nearest == 1


def test_each_distance_has_a_map_of_its_own_and_counts_the_same():
    """Loss and accuracy are the means over distances of what each alone gives."""
    objective, encoder = _made(settings={"nearest": 3, "steps": 3, "similarity": "cosine", "temperature": 0.1})
    encoder.eval()
    views = _views(_noise(5, torch.Generator().manual_seed(2)))
    whole = objective(encoder, views)
    each = []
    for ahead, predictor in enumerate(objective.predictors, start=3):
        alone, _ = _made(settings={"nearest": ahead, "steps": 1, "similarity": "cosine", "temperature": 0.1})
        alone.predictors[0] = predictor
        each.append(alone(encoder, views))
    for term in ("loss", "accuracy", "information"):
        assert whole[term].item() == pytest.approx(sum(one[term].item() for one in each) / 3, rel=1e-5), term
    assert whole["information"].item() == pytest.approx(math.log(12) - whole["loss"].item(), rel=1e-5)


def test_the_similarity_is_the_inner_product_of_map_and_latent():
    """Recomputed in double precision from context, latents and the map alone."""
    objective, encoder = _made(settings={"nearest": 2, "steps": 1, "temperature": 0.5})
    encoder.eval()
    views = _views(_oscillators(2, torch.Generator().manual_seed(2)))
    latents = encoder.latents(views.signal).double()
    context = encoder.context(encoder.latents(views.signal)).double()
    weight = objective.predictors[0].weight.double()
    losses = []
    for row in range(2):
        for token in range(10):
            scores = latents[row] @ (weight @ context[row, token]) / 0.5
            losses.append(torch.logsumexp(scores, 0) - scores[token + 2])
    assert objective(encoder, views)["loss"].item() == pytest.approx(torch.stack(losses).mean().item(), rel=1e-4)


def test_a_window_learns_the_same_beside_any_neighbours():
    """Without batch normalisation and negatives of other windows a loss is the mean of its windows' own."""
    objective, encoder = _made(
        settings={"window_negatives": 5, "predictor": "mlp", "steps": 4},
        architecture="s4",
        width=8,
        n_layers=2,
        stem_stride=2,
        bidirectional=False,
        dropout=0.0,
    )
    views = _views(_noise(4, torch.Generator().manual_seed(3)))
    alone = [
        objective(
            encoder, Views(views.signal[i : i + 1], None, views.key[i : i + 1], views.patient[i : i + 1], views.target)
        )
        for i in range(4)
    ]
    mean = sum(one["loss"].item() for one in alone) / 4
    assert objective(encoder, views)["loss"].item() == pytest.approx(mean, rel=1e-5)


def test_gradients_reach_encoder_and_maps():
    objective, encoder = _made(settings={"predictor": "mlp"}, n_samples=80)
    objective(encoder, _views(torch.randn(3, 2, 80)))["loss"].backward()
    for module in (encoder, objective):
        assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in module.parameters())


@pytest.mark.parametrize(("stride", "reach", "nearest"), [(2, 1, 2), (8, 3, 1), (8, 4, 2), (8, 16, 5), (1, 0, 1)])
def test_the_nearest_unseen_latent(stride, reach, nearest):
    """The first k for which k * stride - reach lies behind reach."""
    assert nearest_unseen(stride=stride, reach=reach) == nearest
    assert nearest * stride - reach > reach >= (nearest - 1) * stride - reach


@pytest.mark.parametrize(
    ("architecture", "shape"),
    [
        ("s4", {"width": 8, "n_layers": 1}),
        ("xresnet1d", {"depth": 18, "widths": [8, 8, 8, 8], "stem_widths": [4, 4, 8]}),
        ("vit1d", {"patch_samples": 12, "max_samples": 48, "width": 8, "depth": 1, "heads": 2, "mlp_width": 8}),
    ],
)
def test_encoders_that_know_the_future_are_refused_by_name(architecture, shape):
    with pytest.raises(SpecificationError, match=r"conv_cpc, or s4 with bidirectional = false; got (S4|XResNet|ViT)"):
        _made(architecture=architecture, **shape)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 12}, "can't predict 12 tokens ahead in a window of 48 samples, which makes 12"),
        ({"nearest": 9, "steps": 4}, "can't predict 12 tokens ahead"),
        ({"nearest": -1}, "nearest of cpc starts at 0"),
        ({"steps": 0}, "steps at 1"),
        ({"window_negatives": 0}, "needs window_negatives or batch_negatives"),
        ({"predictor": "tree"}, "predictor of cpc is 'linear' or 'mlp'"),
        ({"similarity": "l2"}, "similarity 'dot' or 'cosine'"),
        ({"temperature": 0.0}, "temperature of cpc must be positive"),
    ],
)
def test_settings_that_make_no_objective_are_refused_by_name(settings, message):
    with pytest.raises(SpecificationError, match=message):
        _made(settings=settings)


def test_a_prediction_that_shares_samples_with_its_context_is_refused():
    with pytest.raises(SpecificationError, match=r"nearest of cpc must be 0 or at least 3, .* 4 samples"):
        _made(settings={"nearest": 2, "steps": 1}, widths=[8], kernel_sizes=[9], strides=[4])
