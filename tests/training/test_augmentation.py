"""Each disturbance does what it says, by the sample's own key."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from einthoven.errors import SpecificationError
from einthoven.training.augmentation import Augmentation, augment, mixup, resample_window

KEYS = torch.arange(1000, 1032)
OFF = Augmentation.off()


def _signal(batch: int = 32, samples: int = 400) -> torch.Tensor:
    return torch.randn(batch, 3, samples, generator=torch.Generator().manual_seed(0))


def _augment(signal=None, keys=KEYS, *, rate_hz: float = 100.0, **settings) -> torch.Tensor:
    signal = _signal() if signal is None else signal
    return augment(signal, keys, dataclasses.replace(OFF, **settings), rate_hz=rate_hz)


def test_switched_off_nothing_changes():
    assert torch.equal(_augment(), _signal())


@pytest.mark.parametrize(
    "settings",
    [
        {"gain": 0.2},
        {"lead_gain": 0.2},
        {"shift_s": 0.5},
        {"noise": 0.2},
        {"wander": 0.2},
        {"cut_out": 0.2},
        {"lead_dropout": 0.5},
        {"lead_mask": 0.8},
        {"powerline": 0.2, "rate_hz": 250.0},
    ],
)
def test_a_sample_is_disturbed_alike_in_any_batch(settings):
    together = _augment(**settings)
    assert not torch.equal(together, _signal())
    for i in (0, 7, 31):
        alone = _augment(_signal()[i : i + 1], KEYS[i : i + 1], **settings)[0]
        assert torch.allclose(alone, together[i], atol=1e-6)


def test_gain_is_one_factor_per_sample_and_lead_gain_one_per_lead():
    for settings, leads_alike in (({"gain": 0.2}, True), ({"lead_gain": 0.2}, False)):
        ratio = _augment(**settings) / _signal()
        assert torch.allclose(ratio, ratio[..., :1].expand_as(ratio), rtol=1e-3)
        assert torch.allclose(ratio[:, 0], ratio[:, 1], rtol=1e-3) is leads_alike
        assert 0.1 < ratio[..., 0].log().std() < 0.3


def test_shift_moves_samples_and_fills_up_with_zeros():
    signal = torch.arange(1.0, 401).expand(32, 3, 400)
    moved = {int((row[0, 200] - 201).item()) for row in _augment(signal, shift_s=0.5)}
    assert len(moved) > 10
    assert max(abs(m) for m in moved) <= 50
    last = _augment(signal, shift_s=0.5)[0, 0]
    assert ((last == 0) | (last.diff(prepend=last[:1] - 1) == 1) | (last.diff(prepend=last[:1] - 1) > 0)).all()


def test_noise_is_at_most_as_loud_as_asked():
    spread = (_augment(noise=0.2) - _signal()).std(dim=(1, 2))
    assert spread.max() < 0.21
    assert spread.min() < 0.05


def test_wander_is_slow_and_bounded():
    swing = _augment(wander=0.3) - _signal()
    assert swing.abs().max() <= 0.3 + 1e-5
    assert swing.diff(dim=-1).abs().max() <= 0.3 * 2 * np.pi * 0.5 / 100 * 1.01


def test_cut_out_zeroes_one_window_in_all_leads():
    zero = _augment(cut_out=0.25) == 0
    assert (zero.sum(dim=-1) == 100).all()
    assert torch.equal(zero[:, 0], zero[:, 2])


def test_lead_dropout_zeroes_whole_leads_at_the_rate_asked_for():
    keys = torch.arange(2000)
    out = augment(torch.ones(2000, 3, 4), keys, dataclasses.replace(OFF, lead_dropout=0.1), rate_hz=100.0)
    dropped = (out == 0).all(dim=-1)
    assert torch.equal(dropped, (out == 0).any(dim=-1))
    assert 0.08 < dropped.float().mean() < 0.12


def test_powerline_is_50_or_60_hz_with_harmonics_that_the_rate_can_show():
    """At 250 Hz: 100 or 120 Hz, too, but not 150 or 180, which would come out as something else."""
    hum = _augment(torch.zeros(32, 3, 500), powerline=0.2, rate_hz=250.0)
    spectrum = torch.fft.rfft(hum.double()).abs() / 250  # bins of 0.5 Hz: all four frequencies lie on one
    mains = spectrum[..., 100] + spectrum[..., 120]
    assert ((spectrum[:, 0, 100] > 1e-4) ^ (spectrum[:, 0, 120] > 1e-4)).all()
    assert (mains <= 0.2).all()
    assert mains.max() > 0.15
    harmonics = spectrum[..., 200] + spectrum[..., 240]
    assert (harmonics <= 0.06).all()
    assert harmonics.max() > 0.04
    spectrum[..., [100, 120, 200, 240]] = 0
    assert spectrum.max() < 1e-4
    assert not torch.allclose(hum[:, 0], hum[:, 1], atol=1e-3)


def test_powerline_is_refused_where_the_rate_cannot_show_it():
    with pytest.raises(SpecificationError, match="signals of 100 Hz can't show"):
        _augment(powerline=0.1)


def test_lead_mask_leaves_at_least_one_lead_of_a_sample_and_any_number_comes():
    keys = torch.arange(4000)
    out = _augment(torch.ones(4000, 4, 2), keys, lead_mask=0.6)
    kept = (out[..., 0] != 0).sum(dim=1)
    assert torch.equal(out[..., 0], out[..., 1])
    shares = torch.bincount(kept, minlength=5) / 4000
    assert shares[0] == 0
    assert torch.allclose(shares[1:], torch.tensor([0.2, 0.2, 0.2, 0.4]), atol=0.03)
    masked = (out[..., 0] == 0).float().mean(dim=0)
    assert torch.allclose(masked, masked.mean().expand(4), atol=0.03)


def test_the_only_lead_is_never_masked():
    assert (_augment(torch.ones(32, 1, 2), lead_mask=1.0) == 1).all()


def test_resampling_is_linear_interpolation():
    signal = _signal(batch=4)
    start, stretch = torch.tensor([0.0, 0.5, 10.25, 3.0]), torch.tensor([1.0, 0.9, 1.1, 1.9])
    out = resample_window(signal, start, stretch, length=200).numpy()
    for i in range(4):
        place = start[i].item() + stretch[i].item() * np.arange(200)
        for lead in range(3):
            assert np.allclose(out[i, lead], np.interp(place, np.arange(400), signal[i, lead]), atol=1e-4)


def test_an_unstretched_window_is_the_signal_itself():
    signal = _signal(batch=2)
    out = resample_window(signal, torch.zeros(2), torch.ones(2), length=300)
    assert torch.equal(out, signal[..., :300])


def test_mixup_mixes_signal_and_target_by_the_same_share_and_keeps_the_larger_part():
    signal, target = torch.eye(32).view(32, 1, 32), torch.eye(32)
    mixed = mixup(signal, target, alpha=0.3, generator=np.random.default_rng(0))
    assert torch.allclose(mixed.signal[:, 0], mixed.target)
    assert (mixed.target.diagonal() >= 0.5).all()
    assert torch.allclose(mixed.target.sum(dim=1), torch.ones(32))


def test_an_unknown_target_stays_unknown_in_a_mix():
    target = torch.tensor([[1.0], [float("nan")]])
    for seed in range(5):
        mixed = mixup(torch.zeros(2, 1, 4), target, alpha=1.0, generator=np.random.default_rng(seed))
        assert mixed.target[1].isnan().all()


@pytest.mark.parametrize("settings", [{"noise": -0.1}, {"time_scale": 1.0}, {"lead_dropout": 1.5}, {"lead_mask": 1.1}])
def test_impossible_settings_are_refused(settings):
    with pytest.raises(SpecificationError):
        Augmentation(**settings)
