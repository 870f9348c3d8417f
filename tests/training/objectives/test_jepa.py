"""Joint-embedding prediction: loss against NumPy, who sees what, how the teacher moves, and a known answer."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build_encoder
from einthoven.training.objectives.jepa import Jepa, JepaSettings, momentum_at
from einthoven.training.objectives.objective import Facts
from fakes.patch_encoders import KINDS, draw_weights, facts, patch_encoder, random_signal, views_of
from models.patch_decoder_in_numpy import decoded
from models.patch_encoders_in_numpy import PATCH, encoded
from models.pre_norm_in_numpy import weights
from models.small_architectures import SMALL

DROPPED = {"time": {"block_dropout": 0.3}}
PREDICTOR = {"predictor_width": 8, "predictor_depth": 2, "predictor_heads": 2, "blocks": 2}


def _made(kind: str, *, samples: int = 60, **settings):
    """Return an encoder and an objective with random weights, the teacher's others than the encoder's."""
    encoder = patch_encoder(kind, **DROPPED.get(kind, {}))
    objective = Jepa(JepaSettings(**PREDICTOR | settings), encoder, facts(samples))
    draw_weights(encoder, objective)
    return encoder, objective


@pytest.mark.parametrize("masking", ["blocks", "random"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_is_what_numpy_computes(kind, masking):
    """The teacher sees all patches, the encoder and the predictor those that stay."""
    encoder, objective = _made(kind, masking=masking)
    encoder.eval()
    views = views_of(random_signal())
    masks = objective.masks(views.key)
    n_rows, every = encoder.token_leads, list(range(6))
    losses, means = [], []
    for sample in range(3):
        window = views.signal[sample].double().numpy()
        kept, masked = masks.kept[sample, 0].tolist(), masks.masked[sample, 0].tolist()
        shown, ends = encoded(weights(encoder), window, [kept] * n_rows, kind=kind, depth=2, heads=3)
        whole, _ = encoded(weights(objective.teacher), window, [every] * n_rows, kind=kind, depth=2, heads=3)
        asked = (whole - whole.mean(-1, keepdims=True)) / np.sqrt(whole.var(-1, keepdims=True) + 1e-5)
        means.append(asked.mean(axis=(0, 1)))
        for row in range(n_rows):
            predictor = weights(objective.predictor)
            told = decoded(predictor, shown[row], ends[row], kept, masked, heads=2, in_each_block=True)
            apart = np.abs(told - asked[row, masked])
            losses.append(np.where(apart < 1, apart**2 / 2, apart - 0.5).mean())
    terms = objective(encoder, views)
    assert terms["loss"].item() == pytest.approx(np.mean(losses), rel=1e-5)
    assert terms["deviation"].item() == pytest.approx(np.std(means, axis=0).mean(), rel=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hidden_patch_changes_what_the_teacher_says_and_no_prediction(kind):
    encoder, objective = _made(kind)
    encoder.eval()
    told = []
    objective.predictor.register_forward_hook(lambda _module, _inputs, output: told.append(output))
    views = views_of(random_signal())
    before = objective(encoder, views)["loss"]
    masks = objective.masks(views.key)
    changed = views.signal.clone()
    for patch in masks.masked[1, 0].tolist():
        changed[1, :, patch * PATCH : patch * PATCH + PATCH] += torch.linspace(0, 1, PATCH)
    after = objective(encoder, dataclasses.replace(views, signal=changed))["loss"]
    assert torch.equal(told[0], told[1])
    assert after != before
    # embeddings of patches that stay change too: the teacher sees the whole window
    kept = masks.kept[1, 0]
    assert not torch.allclose(objective.targets(changed)[1][:, kept], objective.targets(views.signal)[1][:, kept])


@pytest.mark.parametrize(("kind", "rows", "ends"), [("time", 1, 0), ("lead_time", 3, 2), ("jepa_vit", 3, 0)])
def test_each_network_sees_the_stated_tokens(kind, rows, ends):
    encoder, objective = _made(kind, ratio=0.5)
    seen = []
    for network in (encoder, objective.teacher, objective.predictor):
        network.blocks[0].register_forward_pre_hook(lambda _module, inputs: seen.append(tuple(inputs[0].shape[:2])))
    objective(encoder, views_of(random_signal()))
    assert sorted(seen) == sorted([(3, rows * (3 + ends)), (3, rows * (6 + ends)), (3 * rows, 6 + ends)])
    assert objective.tokens_seen == (rows * (3 + ends), rows * (6 + ends), rows * (6 + ends))


def test_the_loss_trains_encoder_and_predictor_and_never_the_teacher():
    for kind in KINDS:
        encoder, objective = _made(kind)
        encoder.eval()
        objective(encoder, views_of(random_signal()))["loss"].backward()
        for name, parameter in (*encoder.named_parameters(), *objective.predictor.named_parameters()):
            assert parameter.grad is not None, (kind, name)
        assert all(parameter.grad is None for parameter in objective.teacher.parameters())
        assert not any(parameter.requires_grad for parameter in objective.teacher.parameters())


def test_the_teacher_starts_as_a_copy_and_is_never_in_training_mode():
    encoder = patch_encoder("time", **DROPPED["time"]).train()
    objective = Jepa(JepaSettings(**PREDICTOR), encoder, facts()).train()
    assert not any(module.training for module in objective.teacher.modules())
    assert objective.predictor.training
    own, copied = encoder.state_dict(), objective.teacher.state_dict()
    assert all(torch.equal(own[name], copied[name]) for name in own)
    assert all(own[name].data_ptr() != copied[name].data_ptr() for name in own)
    signal = random_signal()
    assert torch.equal(objective.targets(signal), objective.targets(signal))


def test_the_momentum_rises_in_a_straight_line_to_1():
    assert [momentum_at(share, start=0.996) for share in (0.0, 0.5, 1.0)] == pytest.approx([0.996, 0.998, 1.0])


@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_after_a_step_the_teacher_is_that_much_nearer_to_the_encoder(progress):
    encoder, objective = _made("jepa_vit", momentum=0.9)
    before = copy.deepcopy(objective.teacher.state_dict())
    encoder.positions.add_(1)  # what isn't trained is taken over
    objective.after_step(encoder, progress=progress)
    momentum = 0.9 + 0.1 * progress
    for name, slow in objective.teacher.named_parameters():
        fast = encoder.get_parameter(name)
        assert torch.allclose(slow, momentum * before[name] + (1 - momentum) * fast, atol=1e-6), name
    assert torch.equal(objective.teacher.positions, encoder.positions)


def test_the_teacher_is_saved_and_read_again():
    _, objective = _made("time")
    _, other = _made("time")
    nn.init.zeros_(other.teacher.norm.weight)
    other.load_state_dict(objective.state_dict(), strict=True)
    assert torch.equal(other.targets(random_signal()), objective.targets(random_signal()))


def _same_beats(n: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Return two numbers per window (n, 2), and windows (n, 2, 80) that repeat the wave they make in each patch."""
    numbers = torch.randn(n, 2, generator=generator)
    angle = torch.arange(PATCH) / PATCH * 2 * torch.pi
    wave = (numbers @ torch.stack([angle.sin(), angle.cos()])).repeat(1, 8)
    return numbers, torch.stack([wave, -0.5 * wave], dim=1)


def _explained(features: torch.Tensor, numbers: torch.Tensor) -> float:
    """Return the smallest share of a number's variance that a linear function of the features explains on new ones."""
    design = torch.cat([features, torch.ones(len(features), 1)], dim=1)
    half = len(features) // 2
    left = numbers[half:] - design[half:] @ torch.linalg.lstsq(design[:half], numbers[:half]).solution
    return float((1 - left.var(dim=0) / numbers[half:].var(dim=0)).min())


def test_embeddings_that_can_be_told_are_told_and_do_not_collapse():
    """What stays of a window tells two numbers that decide the rest: predictions hold both, and targets keep them."""
    generator = torch.Generator().manual_seed(1)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        shape = {"patch_samples": PATCH, "max_samples": 80, "width": 32, "depth": 1, "heads": 2, "head_width": 16}
        encoder = build_encoder("vit1d", n_leads=2, mlp_width=64, **shape)
        light = {"predictor_width": 32, "predictor_depth": 1, "predictor_heads": 2}
        settings = JepaSettings(ratio=0.5, blocks=2, momentum=0.95, **light)
        objective = Jepa(settings, encoder, Facts(("I", "II"), 80, 100.0))
    steps = 150
    optimizer = torch.optim.Adam([*encoder.parameters(), *objective.predictor.parameters()])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps)
    losses = []
    for step in range(steps):
        keys = torch.randint(0, 2**32, (64,), generator=generator)
        views = dataclasses.replace(views_of(_same_beats(64, generator)[1]), key=keys)
        loss = objective(encoder, views)["loss"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        objective.after_step(encoder, progress=(step + 1) / steps)
        losses.append(loss.item())
    assert np.mean(losses[-10:]) < 0.05 * losses[0]

    numbers, signal = _same_beats(500, generator)
    views = views_of(signal)
    with torch.no_grad():
        masks = objective.masks(views.key)
        told = objective.predictor(encoder.encode_patches(signal, masks.kept), masks)[:, 0, 0]
        embedded = encoder(signal)
        assert objective(encoder, views)["deviation"] > 0.5
    assert _explained(told, numbers) > 0.95
    assert _explained(embedded, numbers) > 0.95
    spectrum = torch.linalg.svdvals(embedded - embedded.mean(dim=0)).square()
    assert 1 / (spectrum / spectrum.sum()).square().sum() > 1.8  # participation ratio: both numbers are there


def test_an_encoder_without_patches_and_half_patches_are_refused():
    other = build_encoder("xresnet1d", n_leads=3, **SMALL["xresnet1d"].settings)
    with pytest.raises(SpecificationError, match=r"jepa.*one of jepa_vit, vit1d, got XResNet1d"):
        Jepa(JepaSettings(), other, facts())
    with pytest.raises(SpecificationError, match=r"65 samples .*patch_samples \(10\)"):
        _made("time", samples=65)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"masking": "block"}, "masking of jepa must be one of blocks, random, got 'block'"),
        ({"ratio": 0.9}, r"ratio 0\.9 keeps 0 of 6"),
        ({"blocks": 5}, "blocks of jepa must be 1 to 4"),
        ({"momentum": 1.1}, r"momentum of jepa .* got 1\.1"),
        ({"predictor_width": 9}, "predictor of jepa .*width 9"),
    ],
)
def test_settings_that_hide_nothing_or_make_no_predictor_are_refused(settings, said):
    with pytest.raises(SpecificationError, match=said):
        _made("time", **settings)
