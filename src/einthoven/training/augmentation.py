"""Disturb training windows in ways that leave the diagnosis as it is; each sample by its own random key.

Amplitudes are in the unit that the model sees (z-scores, or millivolts without normalisation), because everything here
comes after normalisation, which would undo a gain. The random crop itself is the loader's.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from einthoven.errors import SpecificationError
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.counter_random import normal, uniform

__all__ = ["Augmentation", "Mixed", "augment", "mixup", "resample_window"]

_SHIFT, _GAIN, _LEAD_GAIN, _NOISE_LEVEL, _NOISE, _WANDER, _CUT_OUT, _LEAD_DROPOUT, _POWERLINE, _LEAD_MASK = range(10)
# respiration and electrode drift, what a high-pass at 0.5 Hz leaves of it included
_WANDER_HZ = (0.05, 0.5)
_MAINS_HZ = (50.0, 60.0)
# largest amplitude of the mains frequency and of its second and third harmonic, as shares
_HARMONICS = (1.0, 0.3, 0.3)


class Mixed(NamedTuple):
    """Signals and targets after mixup."""

    signal: Tensor
    target: Tensor


def resample_window(signal: Tensor, start: Tensor, stretch: Tensor, *, length: int) -> Tensor:
    """Return float32 (B, L, length): the signal at ``start + stretch * k``, interpolated linearly.

    Parameters
    ----------
    signal : float32 (B, L, W)
    start, stretch : float32 (B,), samples
        The last place, ``start + stretch * (length - 1)``, lies at most at ``W - 1``.
    length : int
    """
    place = start.unsqueeze(1) + stretch.unsqueeze(1) * torch.arange(length, device=signal.device)
    before = place.floor().clamp(0, signal.shape[-1] - 2)
    share = (place - before).unsqueeze(1)
    index = before.long().unsqueeze(1).expand(-1, signal.shape[1], -1)
    left, right = signal.gather(2, index), signal.gather(2, index + 1)
    return left + (right - left) * share


def augment(signal: Tensor, keys: Tensor, settings: Augmentation, *, rate_hz: float) -> Tensor:
    """Return float32 (B, L, T), disturbed.

    Parameters
    ----------
    signal : float32 (B, L, T)
        As the model would see it.
    keys : int64 (B,)
        Random keys; the same key disturbs the same signal in the same way, in any batch and on any device.
    settings : Augmentation
        ``time_scale`` and ``mixup`` are applied elsewhere (``resample_window``, ``mixup``).
    rate_hz : float

    Raises
    ------
    SpecificationError
        ``powerline`` at a rate of 100 Hz or less, which can't show it.
    """
    batch, leads, samples = signal.shape
    if settings.shift_s:
        signal = _shifted(signal, uniform(keys, 1, stream=_SHIFT), largest=round(settings.shift_s * rate_hz))
    if settings.gain:
        signal = signal * torch.exp(settings.gain * normal(keys, 1, stream=_GAIN)).unsqueeze(-1)
    if settings.lead_gain:
        signal = signal * torch.exp(settings.lead_gain * normal(keys, leads, stream=_LEAD_GAIN)).unsqueeze(-1)
    if settings.noise:
        level = settings.noise * uniform(keys, 1, stream=_NOISE_LEVEL).unsqueeze(-1)
        signal = signal + level * normal(keys, leads * samples, stream=_NOISE).view(batch, leads, samples)
    if settings.wander:
        signal = signal + settings.wander * _swing(keys, leads, samples, rate_hz=rate_hz)
    if settings.powerline:
        signal = signal + settings.powerline * _hum(keys, leads, samples, rate_hz=rate_hz)
    if settings.lead_mask:
        signal = signal * _kept_leads(keys, leads, chance=settings.lead_mask).unsqueeze(-1)
    if settings.lead_dropout:
        signal = signal * (uniform(keys, leads, stream=_LEAD_DROPOUT) >= settings.lead_dropout).unsqueeze(-1)
    if settings.cut_out:
        signal = _cut_out(signal, uniform(keys, 1, stream=_CUT_OUT), share=settings.cut_out)
    return signal


def mixup(signal: Tensor, target: Tensor, *, alpha: float, generator: np.random.Generator) -> Mixed:
    """Return each sample with a share of another one, in signal and target (Zhang et al. 2018, arXiv:1710.09412).

    Differs from the paper in that each sample has its own share, of which it keeps the larger part. A target that is
    unknown (NaN) in either record stays unknown.

    Parameters
    ----------
    signal : float32 (B, L, T)
    target : float32 (B, C)
    alpha : float
        Shares are drawn from Beta(alpha, alpha).
    generator : Generator
    """
    drawn = generator.beta(alpha, alpha, len(signal))
    own = torch.from_numpy(np.maximum(drawn, 1 - drawn).astype(np.float32)).to(signal.device)
    other = torch.from_numpy(generator.permutation(len(signal))).to(signal.device)
    mixed_signal = own.view(-1, 1, 1) * signal + (1 - own.view(-1, 1, 1)) * signal[other]
    return Mixed(mixed_signal, own.view(-1, 1) * target + (1 - own.view(-1, 1)) * target[other])


def _shifted(signal: Tensor, drawn: Tensor, *, largest: int) -> Tensor:
    samples = signal.shape[-1]
    shift = (drawn * (2 * largest + 1)).long() - largest
    source = torch.arange(samples, device=signal.device) - shift
    inside = (source >= 0) & (source < samples)
    index = source.clamp(0, samples - 1).unsqueeze(1).expand(signal.shape)
    return signal.gather(2, index) * inside.unsqueeze(1)


def _swing(keys: Tensor, leads: int, samples: int, *, rate_hz: float) -> Tensor:
    drawn = uniform(keys, leads + 2, stream=_WANDER).unsqueeze(-1)
    low, high = _WANDER_HZ
    frequency, phase, amplitude = low + (high - low) * drawn[:, :1], drawn[:, 1:2], drawn[:, 2:]
    time_s = torch.arange(samples, device=keys.device) / rate_hz
    return amplitude * torch.sin(2 * math.pi * (frequency * time_s + phase))


def _hum(keys: Tensor, leads: int, samples: int, *, rate_hz: float) -> Tensor:
    """Return mains interference of amplitude 1 at most per harmonic: one frequency per sample, phases per lead."""
    possible = [hz for hz in _MAINS_HZ if hz < rate_hz / 2]
    if not possible:
        raise SpecificationError(
            f"augmentation.powerline disturbs with 50 or 60 Hz, which signals of {rate_hz:g} Hz can't show: set it to 0"
        )
    harmonics = len(_HARMONICS)
    drawn = uniform(keys, 1 + 2 * harmonics * leads, stream=_POWERLINE)
    chosen = (drawn[:, 0] * len(possible)).long().clamp(max=len(possible) - 1)  # a number may be rounded to 1
    frequency = torch.tensor(possible, device=keys.device)[chosen].view(-1, 1, 1)
    amplitude, phase = drawn[:, 1:].view(-1, 2, harmonics, leads, 1).unbind(1)
    time_s = torch.arange(samples, device=keys.device) / rate_hz
    hum = torch.zeros(len(keys), leads, samples, device=keys.device)
    for i, largest in enumerate(_HARMONICS):
        hz = (i + 1) * frequency
        wave = largest * amplitude[:, i] * torch.sin(2 * math.pi * (hz * time_s + phase[:, i]))
        hum = hum + wave * (hz < rate_hz / 2)
    return hum


def _kept_leads(keys: Tensor, leads: int, *, chance: float) -> Tensor:
    """Return bool (B, L), false for one to all but one of the leads of a share ``chance`` of the samples."""
    drawn = uniform(keys, 2 + leads, stream=_LEAD_MASK)
    masked = (1 + (drawn[:, 1:2] * (leads - 1)).floor()).clamp(max=leads - 1)
    rank = drawn[:, 2:].argsort(dim=1).argsort(dim=1)
    return (rank >= masked) | (drawn[:, :1] >= chance)


def _cut_out(signal: Tensor, drawn: Tensor, *, share: float) -> Tensor:
    samples = signal.shape[-1]
    width = round(share * samples)
    start = (drawn * (samples - width + 1)).floor()
    place = torch.arange(samples, device=signal.device)
    kept = (place < start) | (place >= start + width)
    return signal * kept.unsqueeze(1)
