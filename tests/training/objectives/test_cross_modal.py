"""Which vectors are negatives, the loss by hand, and relations that are found."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from einthoven.errors import SpecificationError
from einthoven.training.objectives import cross_modal as module
from einthoven.training.objectives.cross_modal import CrossModal, CrossModalSettings
from einthoven.training.objectives.gathered import Gathered
from einthoven.training.objectives.objective import Facts, Views
from fakes.stretch_encoder import stretch_encoder

NAN = float("nan")


def _facts(width: int) -> Facts:
    return Facts(leads=("I", "II"), window_samples=40, rate_hz=10.0, vector_width=width)


def _views(patients: list[int], vector: torch.Tensor, *, seed: int = 0) -> Views:
    generator = torch.Generator().manual_seed(seed)
    n = len(patients)
    return Views(
        signal=torch.randn(n, 2, 40, generator=generator),
        partner=None,
        key=torch.arange(n),
        patient=torch.tensor(patients),
        target=torch.zeros(n, 0),
        vector=vector,
    )


def _objective(encoder, width: int, **settings) -> CrossModal:
    torch.manual_seed(3)
    return CrossModal(CrossModalSettings(width=4, hidden_width=8, **settings), encoder, _facts(width))


def _vectors(n: int, width: int = 6) -> torch.Tensor:
    return torch.randn(n, width, generator=torch.Generator().manual_seed(n))


def _seen(monkeypatch) -> list[dict]:
    seen, info_nce = [], module.info_nce

    def spy(query, keys, **asked):
        seen.append(asked | {"query": query, "keys": keys})
        return info_nce(query, keys, **asked)

    monkeypatch.setattr(module, "info_nce", spy)
    return seen


def test_same_patient_same_vector_and_no_vector_are_no_negatives(monkeypatch):
    """ECGs 0 and 2 are one patient's, 1 and 3 have reports of the same wording, 4 has none."""
    seen, encoder = _seen(monkeypatch), stretch_encoder(2)
    vector = _vectors(6)
    vector[3], vector[4] = vector[1], NAN
    _objective(encoder, 6)(encoder, _views([7, 1, 7, 2, 3, 4], vector))
    for asked in seen:
        assert asked["positive"].tolist() == [0, 1, 2, 3, 4, 5]
        assert asked["negatives"].int().tolist()[:4] == [
            [0, 1, 0, 1, 0, 1],
            [1, 0, 1, 0, 0, 1],
            [0, 1, 0, 1, 0, 1],
            [1, 0, 1, 0, 0, 1],
        ]


def test_negatives_of_other_processes_are_seen(monkeypatch):
    """Rows of process 0 come first; its patients and wordings count."""
    seen, encoder = _seen(monkeypatch), stretch_encoder(2)
    objective = _objective(encoder, 6)
    mine = _vectors(2)
    theirs = torch.stack([mine[1], _vectors(3)[2]])

    def gathered(own):
        if own.dtype == torch.float32:
            return Gathered(torch.cat([torch.zeros_like(own), own]), 2)
        if own.dtype == torch.bool:
            return Gathered(torch.cat([torch.tensor([True, True]), own]), 2)
        others = torch.tensor([3, 8]) if own.max() == 9 else module.row_numbers(theirs)
        return Gathered(torch.cat([others, own]), 2)

    monkeypatch.setattr(module, "gathered", gathered)
    objective(encoder, _views([8, 9], mine))
    assert seen[0]["positive"].tolist() == [2, 3]
    assert seen[0]["negatives"].int().tolist() == [[1, 0, 0, 1], [0, 1, 1, 0]]


def test_the_loss_is_that_of_clip():
    """Both directions by hand, ECG 2 without a vector."""
    encoder, vector = stretch_encoder(2), _vectors(4)
    vector[2] = NAN
    objective, views = _objective(encoder, 6, temperature=0.5), _views([0, 1, 2, 3], vector)
    terms = objective(encoder, views)
    ecg = objective.of_ecg(encoder(views.signal)).detach().double().numpy()[[0, 1, 3]]
    other = objective.of_vector(vector).detach().double().numpy()[[0, 1, 3]]
    e = np.exp(ecg @ other.T / 0.5)
    losses = [-np.log(e[i, i] / e[i].sum()) - np.log(e[i, i] / e[:, i].sum()) for i in range(3)]
    assert terms["loss"].item() == pytest.approx(np.mean(losses) / 2, rel=1e-5)
    assert terms["accuracy"].item() == pytest.approx(np.mean(e.argmax(axis=1) == np.arange(3)))
    assert terms["paired"].item() == 0.75
    assert terms["temperature"].item() == pytest.approx(0.5)


@pytest.mark.parametrize("frames", [0, 3])
def test_rows_without_a_vector_change_nothing(frames):
    """Loss and gradients are those of the others alone."""
    encoder = stretch_encoder(2)
    objective = _objective(encoder, 6, frames=frames, frames_of="window")
    vector = _vectors(5)
    vector[1], vector[4, 2] = NAN, NAN
    views = _views([0, 1, 2, 3, 4], vector)
    rows = torch.tensor([0, 2, 3])
    alone = Views(views.signal[rows], None, views.key[rows], views.patient[rows], views.target[rows], vector[rows])
    gradients = []
    for some in (views, alone):
        encoder.zero_grad()
        objective(encoder, some)["loss"].backward()
        gradients.append(encoder.layers[0].weight.grad.clone())
    torch.testing.assert_close(*gradients)
    assert gradients[0].abs().max() > 0


def test_a_batch_without_any_vector_has_loss_zero_and_gradients_for_every_weight():
    """Processes that train together wait for the same gradients."""
    encoder = stretch_encoder(2)
    objective = _objective(encoder, 6, frames=2, frames_of="window")
    terms = objective(encoder, _views([0, 1], torch.full((2, 6), NAN)))
    terms["loss"].backward()
    assert terms["loss"] == 0
    assert all((p.grad == 0).all() for p in [*objective.parameters(), *encoder.parameters()])


def test_frames_are_told_apart_within_the_patient():
    """The local term by hand; equal frames are no negatives of each other."""
    encoder, vector = stretch_encoder(2), _vectors(2, 12)
    vector[1, 3:6] = vector[1, 9:12]  # frames 1 and 3 of the second film
    objective = _objective(encoder, 12, frames=4, frames_of="window", temperature=0.5, local_weight=0.5)
    views = _views([0, 1], vector)
    terms = objective(encoder, views)
    stretches = objective.of_token(encoder.tokens(views.signal)).detach().double().numpy()  # 4 tokens, 4 frames
    frames = objective.of_vector(vector.reshape(2, 4, 3)).detach().double().numpy()
    losses = []
    for i in range(2):
        e = np.exp(stretches[i] @ frames[i].T / 0.5)
        if i == 1:
            e[1, 3] = e[3, 1] = 0
        losses += [(-np.log(e[f, f] / e[f].sum()) - np.log(e[f, f] / e[:, f].sum())) / 2 for f in range(4)]
    assert terms["local"].item() == pytest.approx(np.mean(losses), rel=1e-5)
    assert terms["loss"].item() == pytest.approx(terms["global"].item() + 0.5 * terms["local"].item(), rel=1e-6)


def test_the_temperature_stays_above_a_hundredth():
    """As CLIP's: neither a large step nor what is computed with goes beyond."""
    encoder = stretch_encoder(2)
    objective = _objective(encoder, 6)
    with torch.no_grad():
        objective.log_scale.fill_(9.0)
    assert objective(encoder, _views([0, 1], _vectors(2)))["temperature"].item() == pytest.approx(0.01)
    objective.after_step(encoder, progress=0.5)
    assert objective.log_scale.item() == pytest.approx(math.log(100))
    assert objective.log_scale.requires_grad


def _pairs(n: int, *, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return windows (n, 2, 40) of four stretches, and what is linear in a part of each stretch, (n, 4, 8)."""
    world, generator = torch.Generator().manual_seed(0), torch.Generator().manual_seed(seed)
    shapes = torch.linalg.qr(torch.randn(20, 20, generator=world)).Q
    relation = torch.randn(6, 8, generator=world)
    code = torch.randn(n, 4, 20, generator=generator)
    signal = (code @ shapes.T).reshape(n, 4, 2, 10).transpose(1, 2).flatten(2)
    return signal, code[:, :, :6] @ relation


def _trained(width: int, **settings) -> tuple[torch.nn.Module, CrossModal]:
    torch.manual_seed(0)
    encoder = stretch_encoder(2, width=32)
    objective = CrossModal(CrossModalSettings(width=16, hidden_width=64, **settings), encoder, _facts(width))
    optimizer = torch.optim.AdamW([*encoder.parameters(), *objective.parameters()], lr=3e-3)
    for step in range(180):
        signal, frames = _pairs(64, seed=step + 1)
        vector = frames.flatten(1) if settings else frames.mean(dim=1)
        number = torch.arange(64)
        optimizer.zero_grad()
        objective(encoder, Views(signal, None, number, number, torch.zeros(64, 0), vector))["loss"].backward()
        optimizer.step()
        objective.after_step(encoder, progress=step / 180)
    return encoder, objective


def test_a_linear_relation_is_found():
    """Among 200 unseen patients the own vector is nearest."""
    encoder, objective = _trained(8)
    signal, frames = _pairs(200, seed=9999)
    with torch.no_grad():
        likeness = objective.of_ecg(encoder(signal)) @ objective.of_vector(frames.mean(dim=1)).T
    own = torch.arange(200)
    assert (likeness.argmax(dim=1) == own).float().mean() > 0.95
    assert (likeness.argmax(dim=0) == own).float().mean() > 0.95


def test_stretches_of_unseen_patients_are_laid_on_their_frames():
    """The local term finds which frame belongs to which stretch, the global one whose they are."""
    encoder, objective = _trained(32, frames=4, frames_of="window")
    signal, frames = _pairs(200, seed=9999)
    with torch.no_grad():
        tokens = encoder.tokens(signal)
        projected = objective.of_vector(frames)
        local = objective.of_token(tokens) @ projected.transpose(1, 2)
        whose = (
            objective.of_ecg(encoder.pool(tokens))
            @ F.normalize(objective.of_vector.unscaled(frames).mean(dim=1), dim=1).T
        )
    assert (local.argmax(dim=2) == torch.arange(4)).float().mean() > 0.95
    assert (whose.argmax(dim=1) == torch.arange(200)).float().mean() > 0.9


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"width": 0}, "width of cross_modal starts at 1"),
        ({"frames": 1}, "frames are 0 or from 2 on"),
        ({"temperature": 0.001}, "temperature of cross_modal starts at 0.01"),
        ({"frames_of": "film"}, "must be one of beat, window, got 'film'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, said):
    """Said with what is accepted."""
    with pytest.raises(SpecificationError, match=said):
        CrossModalSettings(**settings)


def test_data_without_vectors_or_frames_that_do_not_divide_them_are_refused():
    """Before anything is trained."""
    encoder = stretch_encoder(2)
    with pytest.raises(SpecificationError, match=r"name their file, key and column in \[pretrain.NAME.vectors\]"):
        _objective(encoder, 0)
    with pytest.raises(SpecificationError, match="vectors of 10 numbers can't be cut into 4 frames"):
        _objective(encoder, 10, frames=4)
