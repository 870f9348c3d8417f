"""The loss by hand, what doesn't count, and that each task learns what is its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from einthoven.errors import SpecificationError
from einthoven.models.architectures import build_encoder
from einthoven.models.encoder import Encoder
from einthoven.training.objectives.average_beat import AverageBeat, average_beat
from einthoven.training.objectives.objective import Facts, Views
from einthoven.training.objectives.periods import Periods, PeriodsSettings, section_error
from einthoven.training.objectives.r_peaks import r_peaks
from einthoven.training.objectives.rr_description import rr_description
from fakes.beat_trains import WAVES, beat_train

FACTS = Facts(leads=("I", "II"), window_samples=600, rate_hz=100.0)


def _encoder() -> Encoder:
    return build_encoder("xresnet1d", n_leads=2, widths=[16] * 4, stem_widths=[16])


def _windows(n: int, *, seed: int) -> tuple[torch.Tensor, np.ndarray, np.ndarray]:
    """Return windows of 6 s, whether each is irregular, and the height of its P and T waves, all independent."""
    generator = np.random.default_rng(seed)
    irregular = generator.random(n) < 0.5
    heights = generator.uniform(0, 1, n)
    windows = []
    for i in range(n):
        rr = generator.uniform(0.6, 0.9) * (1 + (0.25 if irregular[i] else 0.02) * generator.uniform(-1, 1, 14))
        p, qrs, s, t = WAVES
        waves = ((*p[:2], (0.3 * heights[i], 0.2)), qrs, s, (*t[:2], (0.1 + 0.6 * heights[i], 0.2)))
        times = np.cumsum(np.r_[generator.uniform(0.1, 0.5), rr])
        windows.append(beat_train(times, rate_hz=100, seconds=6, seed=i, noise=0.02, waves=waves))
    return torch.stack(windows), irregular, heights


def _views(signal: torch.Tensor) -> Views:
    number = torch.arange(len(signal))
    return Views(signal, None, number * 7919, number, torch.zeros(len(signal), 0))


def _made(**settings) -> tuple[Encoder, Periods]:
    torch.manual_seed(0)
    encoder = _encoder()
    return encoder, Periods(PeriodsSettings(hidden_width=32, **settings), encoder, FACTS)


def test_the_rhythm_term_is_that_of_the_description():
    """Smooth absolute error by hand over windows with beats; the flat one doesn't count."""
    encoder, objective = _made(shape_weight=0)
    signal = _windows(3, seed=0)[0]
    signal[1] = 0
    terms = objective(encoder, _views(signal))
    told = objective.rhythm(encoder(signal)).detach().numpy()  # BatchNorm sees the same batch
    wanted = rr_description(r_peaks(signal, 100), 100, minimum_beats=4)
    assert wanted.known.tolist() == [True, False, True]
    error = np.abs(told - wanted.values.numpy())[[0, 2]]
    assert terms["rhythm"].item() == pytest.approx(np.where(error < 1, error**2 / 2, error - 0.5).mean(), rel=1e-5)
    assert terms["loss"].item() == pytest.approx(terms["rhythm"].item())
    assert terms["shape"].item() == 0


def test_the_shape_term_looks_at_the_chosen_section_alone():
    """In parts of what is to be drawn, by hand."""
    generator = torch.Generator().manual_seed(0)
    drawn, shape = torch.randn(2, 2, 3, 80, generator=generator)
    section = torch.zeros(2, 3, 80, dtype=torch.bool)
    section[0, 1, 10:14], section[1, 2, 50:] = True, True
    got = section_error(drawn, AverageBeat(shape, section, torch.ones(2)), torch.tensor([1, 2]))
    for i, part in enumerate((slice(10, 14), slice(50, 80))):
        d, s = drawn[i, :, part].numpy(), shape[i, :, part].numpy()
        assert got[i].item() == pytest.approx(((d - s) ** 2).mean() / ((s**2).mean() + 0.1), rel=1e-5)


def test_the_encoder_does_not_see_what_it_has_to_draw(monkeypatch):
    """Windows that differ in the hidden section alone give the same features; the sample's key chooses it."""
    encoder, objective = _made(rhythm_weight=0)
    beats, seen = np.arange(0.5, 5.5, 0.8), []
    p, qrs, s, t = WAVES
    small = beat_train(beats, rate_hz=100, seconds=6, noise=0.0)
    large = beat_train(beats, rate_hz=100, seconds=6, noise=0.0, waves=((*p[:2], (0.2, 0.2)), qrs, s, t))
    monkeypatch.setattr(encoder, "encode", lambda x: seen.append(x) or torch.zeros(len(x), 1, 16))
    for signal in (small, large):
        objective(encoder, _views(signal.expand(12, -1, -1)))
    same = [torch.allclose(a, b, atol=0.01) for a, b in zip(*seen, strict=True)]
    assert 1 <= sum(same) <= 8
    assert not torch.equal(seen[0][0], small)


def test_windows_without_beats_change_nothing():
    """Loss and gradients are those of the others alone; all weights have a gradient even where none has beats."""
    encoder, objective = _made()
    signal = _windows(4, seed=1)[0]
    signal[2] = 0.01 * torch.arange(600)
    views = _views(signal)
    rows = torch.tensor([0, 1, 3])
    alone = Views(signal[rows], None, views.key[rows], views.patient[rows], views.target[rows])
    encoder.eval()  # or BatchNorm would mix windows
    gradients = []
    for some in (views, alone):
        objective.zero_grad()
        objective(encoder, some)["loss"].backward()
        gradients.append(objective.shape[0].weight.grad.clone())
    torch.testing.assert_close(*gradients, rtol=1e-4, atol=1e-7)
    assert gradients[0].abs().max() > 0
    objective.zero_grad()
    objective(encoder, _views(torch.zeros(2, 2, 600)))["loss"].backward()
    assert all((p.grad == 0).all() for p in objective.parameters())


@pytest.fixture(scope="module")
def trained() -> tuple[Encoder, Periods]:
    """Return what has learnt both tasks."""
    torch.set_num_threads(1)
    encoder, objective = _made()
    signal = _windows(300, seed=3)[0]
    optimizer = torch.optim.AdamW([*encoder.parameters(), *objective.parameters()], lr=5e-3)
    for step in range(90):
        rows = torch.randperm(300, generator=torch.Generator().manual_seed(step))[:16]
        views = Views(signal[rows], None, rows + 1000 * step, rows, torch.zeros(16, 0))
        optimizer.zero_grad()
        objective(encoder, views)["loss"].backward()
        optimizer.step()
    return encoder, objective


@pytest.mark.slow
def test_rhythm_and_shape_become_linearly_readable(trained):
    """In the features of windows that were never seen."""
    (old, irregular, heights), (new, irregular_now, heights_now) = _windows(150, seed=91), _windows(150, seed=92)
    then, now = (trained[0].embed(x).numpy() for x in (old, new))
    rhythm = make_pipeline(StandardScaler(), LogisticRegression()).fit(then, irregular)
    shape = make_pipeline(StandardScaler(), Ridge()).fit(then, heights)
    assert rhythm.score(now, irregular_now) > 0.9
    assert shape.score(now, heights_now) > 0.9


def _explained(values: np.ndarray, by: np.ndarray) -> float:
    """Return the share of the variance of all values that one number explains."""
    known = np.c_[np.ones(len(by)), by]
    rest = values - known @ np.linalg.lstsq(known, values, rcond=None)[0]
    return 1 - rest.var(axis=0).sum() / values.var(axis=0).sum()


def test_no_shape_is_asked_of_the_rhythm_and_no_rhythm_of_the_shape():
    """What is to be told depends on the intervals alone, what is to be drawn on the waves alone."""
    signal, irregular, heights = _windows(150, seed=92)
    peaks = r_peaks(signal, 100)
    told = rr_description(peaks, 100, minimum_beats=4).values.numpy()
    beat = average_beat(signal, peaks, 100)
    drawn = beat.shape[:, :, beat.section.any(dim=1).all(dim=0)].flatten(1).numpy()
    assert _explained(told, irregular) > 0.5
    assert _explained(told, heights) < 0.05
    assert _explained(drawn, heights) > 0.5
    assert _explained(drawn, irregular) < 0.05


@pytest.mark.slow
def test_each_task_learns_its_own(trained):
    """What is told of the intervals follows the rhythm and no shape; what is drawn follows the shape first."""
    signal, irregular, heights = _windows(150, seed=92)
    features = trained[0].embed(signal).clone()
    with torch.no_grad():
        told, drawn = (head(features).numpy() for head in (trained[1].rhythm, trained[1].shape))
    assert _explained(told, irregular) > 0.4
    assert _explained(told, heights) < 0.05
    assert _explained(drawn, heights) > 2 * _explained(drawn, irregular)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rhythm_weight": 0, "shape_weight": 0}, "one is positive"),
        ({"shape_weight": -1}, "aren't negative"),
        ({"minimum_beats": 3}, "minimum_beats of periods starts at 4"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, said):
    """Said with what is accepted."""
    with pytest.raises(SpecificationError, match=said):
        PeriodsSettings(**settings)


def test_windows_that_hold_too_few_beats_are_refused():
    """Before anything is trained."""
    with pytest.raises(SpecificationError, match=r"windows from 2.5 s and 50 Hz on, got 2 s at 100 Hz"):
        Periods(PeriodsSettings(), _encoder(), Facts(leads=("I", "II"), window_samples=200, rate_hz=100.0))
