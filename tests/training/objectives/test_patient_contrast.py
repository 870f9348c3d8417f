"""Which windows are negatives, the loss by hand, the queue after some steps, and patients told apart by their code."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.training.objectives import patient_contrast as module
from einthoven.training.objectives.gathered import Gathered
from einthoven.training.objectives.objective import Facts, Views
from einthoven.training.objectives.patient_contrast import PatientContrast, PatientContrastSettings
from fakes.stretch_encoder import stretch_encoder

FACTS = Facts(leads=("I", "II"), window_samples=20, rate_hz=10.0)


def _views(patients: list[int], *, seed: int = 0) -> Views:
    generator = torch.Generator().manual_seed(seed)
    signal, partner = torch.randn(2, len(patients), 2, 20, generator=generator)
    key = torch.randperm(1000, generator=generator)[: len(patients)]
    return Views(signal, partner, key, torch.tensor(patients), target=torch.zeros(len(patients), 0))


def _objective(encoder, **settings) -> PatientContrast:
    torch.manual_seed(3)
    return PatientContrast(PatientContrastSettings(projection_width=4, hidden_width=8, **settings), encoder, FACTS)


def _seen(monkeypatch) -> dict:
    """Return what the contrast was asked, once it is."""
    seen = {}

    def spy(query, keys, **asked):
        seen.update(asked, query=query, keys=keys)
        return info_nce(query, keys, **asked)

    info_nce = module.info_nce
    monkeypatch.setattr(module, "info_nce", spy)
    return seen


def test_no_window_of_a_patient_is_a_negative_of_another_of_his(monkeypatch):
    """Windows of a sample stand side by side; patient 5 has two samples."""
    seen, encoder = _seen(monkeypatch), stretch_encoder(2)
    _objective(encoder, momentum=0.0, queue=0)(encoder, _views([5, 1, 5]))
    assert seen["positive"].tolist() == [1, 0, 3, 2, 5, 4]
    own, other = [0, 0, 1, 1, 0, 0], [1, 1, 0, 0, 1, 1]
    assert seen["negatives"].int().tolist() == [own, own, other, other, own, own]


def test_keys_of_the_patient_in_the_queue_are_no_negatives_nor_are_empty_places(monkeypatch):
    """A warm queue says nothing where nothing was put in yet."""
    seen, encoder = _seen(monkeypatch), stretch_encoder(2)
    objective = _objective(encoder, momentum=0.9, queue=6)
    objective(encoder, _views([1, 2]))
    objective.after_step(encoder, progress=0.0)
    assert sorted(objective.queue.patient.tolist()) == [-1, -1, 1, 1, 2, 2]
    objective(encoder, _views([2, 3], seed=1))
    in_queue = seen["negatives"][:, 4:]
    for row, patient in zip(in_queue, [2, 2, 3, 3], strict=True):
        whose = [w for w, negative in zip(objective.queue.patient.tolist(), row.tolist(), strict=True) if negative]
        assert whose == [w for w in objective.queue.patient.tolist() if w not in (-1, patient)]


def test_negatives_of_other_processes_are_seen_and_the_own_key_is_found_among_them(monkeypatch):
    """Rows of process 0 come first; a patient who is in both processes is a negative in neither."""
    seen, encoder = _seen(monkeypatch), stretch_encoder(2)
    objective = _objective(encoder, momentum=0.0, queue=0)
    first, second = _views([8, 9]), _views([9, 4], seed=1)
    there = {
        torch.float32: objective._keys(
            None, module._by_sample(objective.projection(encoder(torch.cat([first.signal, first.partner]))))
        ),
    }

    def gathered(own):
        other = there.get(own.dtype)
        if other is None:  # patients are asked for before keys of samples
            other = first.patient if own is second.patient else first.key
        return Gathered(torch.cat([other, own]), 2)

    monkeypatch.setattr(module, "gathered", gathered)
    objective(encoder, second)
    assert seen["positive"].tolist() == [5, 4, 7, 6]
    assert seen["negatives"][0].int().tolist() == [1, 1, 0, 0, 0, 0, 1, 1]
    assert seen["negatives"][3].int().tolist() == [1, 1, 1, 1, 1, 1, 0, 0]


def test_the_loss_is_that_of_simclr_without_the_patients_own():
    """Both windows of each sample are queries, by hand."""
    encoder, patients = stretch_encoder(2), [0, 1, 0, 2]
    objective, views = _objective(encoder, momentum=0.0, queue=0, temperature=0.3), _views([0, 1, 0, 2])
    terms = objective(encoder, views)
    first, second = (objective.projection(encoder(x)).detach().double().numpy() for x in (views.signal, views.partner))
    losses, found = [], []
    for own, other in ((first, second), (second, first)):
        for i, patient in enumerate(patients):
            rest = [z[j] for z in (own, other) for j in range(4) if patients[j] != patient]
            e = np.exp(np.array([own[i] @ other[i], *(own[i] @ r for r in rest)]) / 0.3)
            losses.append(-np.log(e[0] / e.sum()))
            found.append(e[0] > e[1:].max())
    assert terms["loss"].item() == pytest.approx(np.mean(losses), rel=1e-5)
    assert terms["accuracy"].item() == pytest.approx(np.mean(found))
    assert terms["negatives"].item() == pytest.approx(np.mean([4, 6, 4, 6]))


def test_the_loss_against_a_queue_is_that_of_moco():
    """Keys come from the copy: those of this batch and those of the last."""
    encoder = stretch_encoder(2)
    objective = _objective(encoder, momentum=0.9, queue=4, temperature=0.3)
    last, now = _views([0, 1], seed=1), _views([2, 1], seed=2)
    objective(encoder, last)
    old = [objective.key_encoder(x) for x in (last.signal, last.partner)]
    objective.after_step(encoder, progress=0.0)
    terms = objective(encoder, now)
    queries = [objective.projection(encoder(x)).detach() for x in (now.signal, now.partner)]
    keys = [objective.key_encoder(x) for x in (now.signal, now.partner)]
    losses = []
    for view in (0, 1):
        for i in (0, 1):
            q = queries[view][i]
            rest = [keys[0][1 - i], keys[1][1 - i], old[0][0], old[1][0]]
            if i == 0:  # patient 2 was not in the last batch, patient 1 was
                rest += [old[0][1], old[1][1]]
            e = torch.exp(torch.stack([q @ k for k in (keys[1 - view][i], *rest)]) / 0.3)
            losses.append(-torch.log(e[0] / e.sum()).item())
    assert terms["loss"].item() == pytest.approx(np.mean(losses), rel=1e-5)


def test_the_copy_follows_along_a_cosine_and_has_no_gradient():
    """``momentum`` at first, 1 at the end; what it normalises with moves too."""
    encoder = torch.nn.Sequential(stretch_encoder(2), torch.nn.BatchNorm1d(16))
    encoder.feature_width = 16
    objective = _objective(encoder, momentum=0.9, queue=0)
    before = objective.key_encoder[0][0].layers[0].weight.clone()
    with torch.no_grad():
        encoder[0].layers[0].weight += 1
        encoder[1].running_mean += 1
    objective.after_step(encoder, progress=0.0)
    after = objective.key_encoder[0][0].layers[0].weight
    assert torch.allclose(after - before, torch.tensor(0.1))
    assert torch.allclose(objective.key_encoder[0][1].running_mean, torch.tensor(0.1))
    objective.after_step(encoder, progress=0.5)
    assert torch.allclose(after - before, torch.tensor(0.1 + 0.05 * 0.9))
    objective.after_step(encoder, progress=1.0)
    assert torch.allclose(after - before, torch.tensor(0.1 + 0.05 * 0.9))
    objective.train()(encoder, _views([0, 1]))["loss"].backward()
    assert not objective.key_encoder.training
    assert all(p.grad is None for p in objective.key_encoder.parameters())
    assert all(p.grad is not None for p in objective.projection.parameters())


def test_a_restart_goes_on_bit_for_bit():
    """Queue and copy are in the state."""
    encoder = stretch_encoder(2)
    objective = _objective(encoder, momentum=0.9, queue=6)
    objective(encoder, _views([0, 1]))
    objective.after_step(encoder, progress=0.1)
    again = _objective(stretch_encoder(2, seed=1), momentum=0.9, queue=6)
    again.load_state_dict(objective.state_dict())
    losses = []
    for one in (objective, again):
        for seed in (1, 2, 3):
            losses.append(one(encoder, _views([seed, 5], seed=seed))["loss"].item())
            one.after_step(encoder, progress=0.2)
    assert losses[:3] == losses[3:]
    assert torch.equal(objective.queue.rows, again.queue.rows)


def _coded(patients: torch.Tensor, *, seed: int) -> torch.Tensor:
    """Return windows (patient, lead, sample): a faint code of the patient beside what changes from ECG to ECG."""
    world, generator = torch.Generator().manual_seed(0), torch.Generator().manual_seed(seed)
    shapes = torch.linalg.qr(torch.randn(20, 20, generator=world)).Q.T.reshape(20, 2, 10)
    codes = torch.randn(4000, 6, generator=world)[patients]
    changing = 2 * torch.randn(len(patients), 14, generator=generator)
    stretch = torch.einsum("bk,klt->blt", torch.cat([codes, changing], dim=1), shapes)
    return torch.cat([stretch, stretch], dim=2)


def _matched(encoder, patients: torch.Tensor) -> float:
    """Return for how many the other ECG is nearest among all other ECGs."""
    first, second = (torch.nn.functional.normalize(encoder(_coded(patients, seed=s)), dim=1) for s in (8, 9))
    return ((first @ second.T).argmax(dim=1) == torch.arange(len(patients))).float().mean().item()


@pytest.mark.parametrize(("momentum", "queue"), [(0.0, 0), (0.9, 256)])
def test_ecgs_of_unseen_patients_are_matched(momentum, queue):
    """What is the same in two ECGs of a patient is all that is learnt."""
    encoder, unseen = stretch_encoder(2), torch.arange(3000, 3200)
    torch.manual_seed(0)
    objective = PatientContrast(
        PatientContrastSettings(hidden_width=64, projection_width=32, momentum=momentum, queue=queue), encoder, FACTS
    )
    untrained = _matched(encoder, unseen)
    optimizer = torch.optim.AdamW([*encoder.parameters(), *objective.projection.parameters()], lr=3e-3)
    for step in range(300):
        generator = torch.Generator().manual_seed(step)
        patients = torch.randperm(2000, generator=generator)[:64]
        signal, partner = (_coded(patients, seed=2 * step + 1000 + i) for i in (0, 1))
        views = Views(signal, partner, patients, patients, target=torch.zeros(64, 0))
        optimizer.zero_grad()
        objective(encoder, views)["loss"].backward()
        optimizer.step()
        objective.after_step(encoder, progress=step / 300)
    assert untrained < 0.2
    assert _matched(encoder, unseen) > 0.95


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"positives": "record"}, "must be one of patient, segment, got 'record'"),
        ({"temperature": 0.0}, "temperature of patient_contrast is positive"),
        ({"momentum": 1.0}, r"momentum lies in \[0, 1\)"),
        ({"momentum": 0.0}, "a queue needs momentum"),
        ({"queue": -1}, "queue at 0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, said):
    """Said with what is accepted."""
    with pytest.raises(SpecificationError, match=said):
        PatientContrastSettings(**settings)


def test_segments_are_paired_when_asked_for():
    """The engine reads from the objective which partner a window needs."""
    encoder = stretch_encoder(2)
    assert _objective(encoder).pairing == "patient"
    assert _objective(encoder, positives="segment").pairing == "segment"
