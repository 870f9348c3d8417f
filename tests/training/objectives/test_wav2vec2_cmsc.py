"""wav2vec 2.0 with CMSC and random lead masking: its parts, what it learns, and what it refuses."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from einthoven.errors import SignalError, SpecificationError
from einthoven.models.architectures import build_encoder
from einthoven.training.objectives.hidden_latents import drawn_distractors
from einthoven.training.objectives.objective import Facts, Views
from einthoven.training.objectives.span_masks import span_masks
from einthoven.training.objectives.wav2vec2_cmsc import (
    OTHER_KEY,
    Wav2Vec2Cmsc,
    Wav2Vec2CmscSettings,
    segment_contrast,
    without_leads,
)

N_LEADS, N_SAMPLES = 6, 96
SHAPE = {"convolution_widths": [16, 16], "convolution_kernels": [2, 2], "convolution_strides": [2, 2], "width": 32}
SHAPE |= {"depth": 1, "n_heads": 2, "hidden_width": 64, "position_kernel": 8, "position_groups": 4}
SMALL = {"mask_length": 2, "distractors": 10, "entries": 8, "target_width": 16, "penalty_weight": 0.0}


def _made(*, architecture="wav2vec2_ecg", n_samples=N_SAMPLES, settings=None, shape=None):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = build_encoder(architecture, n_leads=N_LEADS, **(SHAPE if shape is None else shape))
        facts = Facts(leads=("I",) * N_LEADS, window_samples=n_samples, rate_hz=100.0)
        return Wav2Vec2Cmsc(Wav2Vec2CmscSettings(**(SMALL | (settings or {}))), encoder, facts), encoder


def _views(pair, *, first_key=0, progress=0.0):
    key = first_key + torch.arange(len(pair[0]))
    return Views(pair[0], pair[1], key, key, torch.zeros(len(key), 0), progress=progress)


def _noise(count, generator):
    return torch.randn(2, count, N_LEADS, N_SAMPLES, generator=generator)


def _coded(count, generator):
    """Return two segments of patients, each with gains of its own for two common rhythms of random phase."""
    gain, time = torch.randn(count, N_LEADS, 2, generator=generator), torch.arange(N_SAMPLES)
    segments = []
    for _ in range(2):
        phase = torch.rand(2, count, 1, generator=generator)
        turns = torch.stack([time / 24 + phase[0], time / 6 + phase[1]], dim=1)
        segments.append(gain @ torch.sin(2 * math.pi * turns))
    return segments


def _periodic(count, generator):
    """Return segments that repeat every eight samples, two tokens, from a random phase on."""
    segments = []
    for _ in range(2):
        turns = (torch.arange(N_SAMPLES) + torch.randint(0, 8, (count, 1, 1), generator=generator)) / 8
        angle = 2 * math.pi * turns * torch.tensor([1.0, 1, 2, 0.5, 0.5, 1])[:, None]
        shift = torch.tensor([0.0, 1, 0, 0, 1, 1])[:, None] * math.pi / 2
        segments.append(torch.sin(angle + shift))
    return segments


def _learnt(draw, *, steps, settings):
    """Return the terms on 32 unseen windows."""
    objective, encoder = _made(settings={"lead_mask": 0.0, "convolution_gradient": 1.0} | settings)
    optimiser = torch.optim.AdamW([*encoder.parameters(), *objective.parameters()], 1e-2)
    generator = torch.Generator().manual_seed(1)
    for step in range(steps):
        views = _views(draw(16, generator), first_key=16 * step, progress=step / steps)
        objective(encoder, views)["loss"].backward()
        optimiser.step()
        optimiser.zero_grad()
    encoder.eval()
    objective.eval()
    with torch.inference_mode():
        return {name: term.item() for name, term in objective(encoder, _views(draw(32, generator))).items()}


def test_segments_of_unseen_patients_find_each_other():
    """Chance is 1 in 32."""
    assert _learnt(_coded, steps=100, settings={"mask_share": 0.1})["segment_accuracy"] > 0.9


def test_hidden_latents_of_a_periodic_signal_are_told_and_those_of_noise_are_not():
    """Chance is 1 in 11, or a little more where distractors have the same codes; noise has no partners either."""
    assert _learnt(_periodic, steps=100, settings={"segment_weight": 0.0})["accuracy"] > 0.9
    noise = _learnt(_noise, steps=30, settings={})
    assert noise["accuracy"] < 0.2
    assert noise["segment_accuracy"] < 0.25


def _normalised(matrix):
    return matrix / np.linalg.norm(matrix, axis=-1, keepdims=True)


def _segments_in_numpy(first, second, patient, temperature):
    similarity = _normalised(first) @ _normalised(second).T / temperature
    losses = []
    for scores in (similarity, similarity.T):
        for row, own in enumerate(patient):
            against = [scores[row, k] for k, other in enumerate(patient) if other != own]
            losses.append(np.log(np.exp([scores[row, row], *against]).sum()) - scores[row, row])
    return np.array(losses)


def test_the_contrast_of_segments_is_that_of_its_formula_without_other_segments_of_the_patient():
    first, second = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(0))
    patient = torch.tensor([3, 1, 3, 2, 0])
    contrast = segment_contrast(first, second, patient=patient, temperature=0.1)
    expected = _segments_in_numpy(first.double().numpy(), second.double().numpy(), patient.tolist(), 0.1)
    assert contrast.loss.numpy() == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_another_segment_of_the_patient_changes_no_loss():
    """Record 0 and record 2 are one patient's: record 0's losses are the same without record 2."""
    first, second = torch.randn(2, 4, 8, generator=torch.Generator().manual_seed(0))
    with_it = segment_contrast(first, second, patient=torch.tensor([7, 1, 7, 2]), temperature=0.1).loss
    kept = [0, 1, 3]
    without = segment_contrast(first[kept], second[kept], patient=torch.tensor([7, 1, 2]), temperature=0.1).loss
    torch.testing.assert_close(with_it[[0, 4]], without[[0, 3]])


def test_the_loss_is_recomputed_in_numpy():
    """From latents and tokens of the encoder on; masks and distractors are tested for themselves."""
    settings = {"lead_mask": 0.0, "penalty_weight": 10.0, "diversity_weight": 0.3, "segment_weight": 0.7}
    objective, encoder = _made(settings=settings)
    objective.eval()
    encoder.eval()
    views = dataclasses.replace(_views(_noise(3, torch.Generator().manual_seed(5))), patient=torch.tensor([0, 1, 0]))
    terms = {name: term.item() for name, term in objective(encoder, views).items()}
    keys = torch.cat([views.key, views.key ^ OTHER_KEY])
    spans = span_masks(keys, 24, share=0.65, length=2, stream=29)
    chosen = drawn_distractors(keys, spans, count=10, stream=30).numpy()
    with torch.no_grad():
        latents = encoder.latents(torch.cat([views.signal, views.partner]))
        normalised = encoder.normalised(latents)
        embedded = encoder.embedded(normalised)
        embedded[spans.hidden] = objective.mask
        tokens = encoder.context(embedded).double().numpy()
    weights = {name: tensor.detach().double().numpy() for name, tensor in objective.named_parameters()}
    losses, shares = [], []
    for row in range(6):
        places = spans.place[row, : spans.n_hidden[row]].numpy()
        logits = normalised[row].double().numpy()[places] @ weights["quantiser.logits.weight"].T
        logits = (logits + weights["quantiser.logits.bias"]).reshape(-1, 2, 8)
        codes = logits.argmax(-1)
        entries = weights["quantiser.entries"]
        vectors = np.concatenate([entries[0][codes[:, 0]], entries[1][codes[:, 1]]], axis=1)
        target = _normalised(vectors @ weights["target.weight"].T + weights["target.bias"])
        ours = _normalised(tokens[row][places] @ weights["predictor.weight"].T + weights["predictor.bias"])
        cosine = ours @ target.T / 0.1
        of_row = []
        for place in range(len(places)):
            kept = [k for k in chosen[row, place] if (codes[k] != codes[place]).any()]
            of_row.append(np.log(np.exp(cosine[place, [place, *kept]]).sum()) - cosine[place, place])
        losses.append(np.mean(of_row))
        shares.append((np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).mean(0))
    shares = np.mean(shares, axis=0)
    in_use = np.exp(-(shares * np.log(shares)).sum(-1)).sum()
    features = tokens.mean(axis=1)
    expected = {
        "contrast": np.mean(losses),
        "diversity": 1 - in_use / 16,
        "perplexity": in_use,
        "penalty": (latents.double().numpy() ** 2).mean(),
        "segments": _segments_in_numpy(features[:3], features[3:], [0, 1, 0], 0.1).mean(),
    }
    expected["loss"] = expected["contrast"] + 0.3 * expected["diversity"] + 10 * expected["penalty"]
    expected["loss"] += 0.7 * expected["segments"]
    for name, value in expected.items():
        assert terms[name] == pytest.approx(value, rel=1e-3, abs=1e-4), name


def test_each_lead_is_hidden_half_of_the_time_and_never_all():
    """2,000 keys: the chance of a lead is one half within 4.5 standard errors."""
    keys = torch.arange(2000) * 7919
    kept = without_leads(torch.ones(2000, 12, 1), keys, chance=0.5)[..., 0]
    assert kept.mean(dim=0) == pytest.approx(np.full(12, 0.5), abs=0.05)
    alone = without_leads(torch.ones(2000, 1, 3), keys, chance=0.5)
    assert alone.min() == 1
    assert without_leads(torch.ones(2000, 2, 1), keys, chance=0.9).sum(dim=1).min() == 1
    assert without_leads(torch.ones(2000, 12, 1), keys, chance=0.0).min() == 1


def test_both_segments_lose_leads_and_hide_tokens_for_themselves():
    key = torch.arange(50)
    first, second = (without_leads(torch.ones(50, 12, 1), keys, chance=0.5) for keys in (key, key ^ OTHER_KEY))
    assert (first != second).any(dim=1).sum() > 45
    hidden, other = (span_masks(keys, 40, share=0.5, length=4, stream=29).hidden for keys in (key, key ^ OTHER_KEY))
    assert (hidden != other).any(dim=1).sum() > 45


def test_a_window_hides_and_draws_the_same_beside_any_neighbours():
    """What doesn't compare windows is the mean of the windows' own; the quantiser draws as in training."""
    objective, encoder = _made()
    pair = _noise(4, torch.Generator().manual_seed(6))
    views = _views(pair)
    names = ("contrast", "accuracy", "penalty")
    with torch.no_grad():
        together = objective(encoder, views)
        alone = [objective(encoder, _views(pair[:, row : row + 1], first_key=row)) for row in range(4)]
    for name in names:
        assert together[name].item() == pytest.approx(np.mean([one[name].item() for one in alone]), rel=1e-4), name


def test_gradients_into_the_convolutions_are_a_tenth():
    gradients = []
    for share in (1.0, 0.1):
        objective, encoder = _made(settings={"convolution_gradient": share})
        objective(encoder, _views(_noise(2, torch.Generator().manual_seed(7))))["loss"].backward()
        assert all(parameter.grad is not None for parameter in [*encoder.parameters(), *objective.parameters()])
        gradients.append(encoder.convolutions.layers[0].convolution.weight.grad)
    torch.testing.assert_close(gradients[1], 0.1 * gradients[0], rtol=1e-3, atol=1e-6)


def test_the_quantiser_is_softened_by_what_is_left_of_the_training():
    """The forward choice doesn't know the temperature; gradients do."""
    gradients = []
    for progress in (0.0, 1.0):
        objective, encoder = _made()
        terms = objective(encoder, _views(_noise(2, torch.Generator().manual_seed(7)), progress=progress))
        terms["loss"].backward()
        gradients.append(objective.quantiser.logits.weight.grad)
    assert not torch.allclose(gradients[0], gradients[1])


def test_hubert_is_trained_as_well():
    shape = {"convolution_widths": [8] * 3, "convolution_kernels": [4, 2, 2], "convolution_strides": [4, 2, 2]}
    shape |= {"width": 16, "depth": 1, "n_heads": 2, "hidden_width": 16, "position_kernel": 4, "position_groups": 2}
    objective, encoder = _made(architecture="hubert_ecg", n_samples=240, shape=shape | {"decimation": 2})
    pair = torch.randn(2, 3, N_LEADS, 240, generator=torch.Generator().manual_seed(8))
    assert torch.isfinite(objective(encoder, _views(pair))["loss"])


def test_other_architectures_are_refused_by_name():
    with pytest.raises(SpecificationError, match="architecture wav2vec2_ecg or hubert_ecg; got ConvCpc"):
        _made(architecture="conv_cpc", shape={"widths": [8], "kernel_sizes": [1], "strides": [4]})


def test_windows_that_are_too_short_are_refused():
    with pytest.raises(SpecificationError, match="spans of 10 tokens at different places have no room"):
        _made(n_samples=40, settings={"mask_length": 10})
    with pytest.raises(SignalError, match="Wav2Vec2Ecg needs at least 4 samples, got 3"):
        _made(n_samples=3)


def test_a_record_without_a_second_window_is_refused():
    objective, encoder = _made()
    with pytest.raises(SpecificationError, match="needs a second window"):
        objective(encoder, dataclasses.replace(_views(_noise(2, torch.Generator().manual_seed(0))), partner=None))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mask_share": 0.0}, "mask_share and convolution_gradient"),
        ({"lead_mask": 1.0}, r"lead_mask in \[0, 1\)"),
        ({"distractors": 0}, "mask_length and distractors"),
        ({"quantiser_temperature": (2.0, 0.0)}, "temperatures of wav2vec2_cmsc must be positive"),
        ({"segment_weight": -1.0}, "weights of wav2vec2_cmsc can't be negative"),
    ],
)
def test_settings_that_make_no_objective_are_refused_by_name(settings, message):
    with pytest.raises(SpecificationError, match=message):
        Wav2Vec2CmscSettings(**settings)


def test_the_defaults_are_those_of_ecg_fm():
    """Two books of 320, 100 distractors, spans of ten, weights 0.1 and 10 (w2v_cmsc_rlm.yaml)."""
    settings = Wav2Vec2CmscSettings()
    assert (settings.groups, settings.entries, settings.distractors, settings.target_width) == (2, 320, 100, 256)
    assert (settings.mask_share, settings.mask_length, settings.lead_mask) == (0.65, 10, 0.5)
    assert (settings.temperature, settings.segment_temperature, settings.quantiser_temperature) == (
        0.1,
        0.1,
        (2.0, 0.5),
    )
    assert (settings.diversity_weight, settings.penalty_weight, settings.segment_weight) == (0.1, 10.0, 1.0)
