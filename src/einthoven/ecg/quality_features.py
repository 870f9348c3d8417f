"""Numbers per lead that tell a usable ECG from a useless one, measured in few passes over a coarse copy of the signal.

The copy is the mean of whole groups of samples, at 125 to 250 Hz: every quality below shows at that rate, and the
signal itself is read once. Amplitudes are in mV; a record without unit is first divided by the median height of its own
heart beats, which makes that height 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEADS_TO_COMPARE", "LeadFeatures", "measure_leads"]

Floats = NDArray[np.float32]

COARSE_RATE_HZ = 125.0
"""Lowest rate of the coarse copy: mains at 60 Hz still shows."""

BLOCK_S = 0.2
"""Noise is judged in blocks of this length: most of them lie between QRS complexes."""

ENVELOPE_S = 0.032
"""Resolution at which beats are compared between leads; about a third of a QRS complex."""

FLAT_MV = 0.03
"""A second that moves less is flat: it holds neither a beat nor the noise of a connected electrode. Less than 0.1 % of
the leads of PTB-XL (records 1 to 500) have one; 0.2 s between two slow beats of a clean recording may well be flat."""

HUGE_MV = 7.0
"""A second that moves more is no ECG: 99.9 % of the leads of PTB-XL (records 1 to 500) span less than 4.9 mV in
their median second, the tallest in the archives of the CinC Challenge 2021 6.7 mV."""

NOISE_SHARE = 0.15
"""Of the height of a lead: noise beyond buries the beats. White noise alone has 0.18; 99.9 % of the leads of acceptable
records of CinC 2011 set A have less than 0.11."""

LEADS_TO_COMPARE = 3
"""With fewer leads a wrong one can't be outvoted, so each lead is compared with itself."""


@dataclass(frozen=True, slots=True, eq=False)
class LeadFeatures:
    """One number per lead, float32 (lead,) each.

    Attributes
    ----------
    nan_share, flat_share, clipped_share : in [0, 1]
        Of samples that are NaN, of seconds that don't move, of coarse samples that lie, with the whole group they are
        the mean of, at the lead's highest or lowest value.
    unusable_share : in [0, 1]
        The largest of ``nan_share``, ``flat_share`` and the share of seconds that move more than 7 mV; 1 for a lead
        that is buried in noise.
    height : mV, or heart beats
        Median over the seconds of what a second spans.
    wander, noise : mV, or heart beats
        Span of the means of seconds; level of what lies above about 25 Hz, between the beats.
    mains_50, mains_60 : mV, or heart beats
        Amplitude of the sine; 0 where the sampling rate can't show it.
    agreement : in [-1, 1]
        Median correlation of when the lead moves fast with when the other leads do; in records of one or two leads, how
        well the lead's beats repeat after 0.35 to 1.6 s.
    coarse : float32 (lead, sample)
        The coarse copy itself, NaN replaced by the lead's mean, or 0.
    """

    nan_share: Floats
    flat_share: Floats
    clipped_share: Floats
    unusable_share: Floats
    height: Floats
    wander: Floats
    noise: Floats
    mains_50: Floats
    mains_60: Floats
    agreement: Floats
    coarse: Floats


def measure_leads(signal: Floats, rate_hz: float, *, in_mv: bool) -> LeadFeatures:
    """Return the features of every lead.

    Parameters
    ----------
    signal : float32 (lead, sample), raw, NaN allowed
    rate_hz : float
    in_mv : bool
        False: amplitudes are divided by the median height of the record's beats.
    """
    group = max(1, int(rate_hz // COARSE_RATE_HZ))
    coarse_rate = rate_hz / group
    coarse = _grouped_mean(signal, group)
    nan_share = np.zeros(signal.shape[0], dtype=np.float32)
    if not math.isfinite(float(coarse.sum())):
        nan_share, signal = _without_nan(signal)
        coarse = _grouped_mean(signal, group)
    coarse = _long_enough(coarse, coarse_rate)
    spans = _second_spans(coarse, coarse_rate)
    height = _median(spans)
    if not in_mv:
        unit = np.median(height[height > 0]) if (height > 0).any() else np.float32(1)
        coarse, spans, height = coarse / unit, spans / unit, height / unit
    flat_share = _share(spans < FLAT_MV)
    noise = _noise(coarse, coarse_rate)
    unusable_share = np.maximum(np.maximum(nan_share, flat_share), _share(spans > HUGE_MV))
    mains = _mains(coarse, coarse_rate, rate_hz)
    return LeadFeatures(
        nan_share=nan_share,
        flat_share=flat_share,
        clipped_share=_clipped_share(coarse),
        unusable_share=np.maximum(unusable_share, noise > NOISE_SHARE * height),
        height=height,
        wander=_wander(coarse, coarse_rate),
        noise=noise,
        mains_50=mains[:, 0],
        mains_60=mains[:, 1],
        agreement=_agreement(coarse, coarse_rate),
        coarse=coarse,
    )


def _without_nan(signal: Floats) -> tuple[Floats, Floats]:
    finite = np.isfinite(signal)
    share = 1 - finite.mean(axis=1, dtype=np.float32)
    total = np.where(finite, signal, np.float32(0)).sum(axis=1, keepdims=True)
    mean = total / np.maximum(finite.sum(axis=1, keepdims=True, dtype=np.float32), np.float32(1))
    return share, np.where(finite, signal, mean)


def _grouped_mean(signal: Floats, group: int) -> Floats:
    if group == 1:
        return signal
    n_leads, n_groups = signal.shape[0], signal.shape[1] // group
    if n_groups == 0:
        return signal[:, :1]
    groups = signal[:, : n_groups * group].reshape(n_leads, n_groups, group)
    # a product with a vector is many times faster than a mean over a short axis
    mean: Floats = groups @ np.full(group, 1 / group, dtype=np.float32)
    return mean


def _long_enough(coarse: Floats, rate_hz: float) -> Floats:
    """Repeat a record of less than 2 s, so that every feature is defined."""
    needed = math.ceil(2 * rate_hz) + 1
    return np.tile(coarse, math.ceil(needed / coarse.shape[1])) if coarse.shape[1] < needed else coarse


def _second_spans(coarse: Floats, rate_hz: float) -> Floats:
    """Return from where to where each second moves, (lead, second)."""
    highest, lowest = (_by_second(extreme, coarse, round(rate_hz)) for extreme in (np.maximum, np.minimum))
    return highest - lowest


def _by_second(extreme: np.ufunc, values: Floats, width: int) -> Floats:
    """Return an extreme of each whole second, (lead, second); along an axis that short NumPy takes twice as long."""
    n_leads, n_seconds = values.shape[0], values.shape[1] // width
    whole = np.ascontiguousarray(values[:, : n_seconds * width])
    found: Floats = extreme.reduceat(whole.reshape(-1), np.arange(0, whole.size, width))
    return found.reshape(n_leads, n_seconds)


def _median(values: Floats) -> Floats:
    """Return the upper median along the last axis; ``numpy.median`` takes ten times as long on so few."""
    middle = values.shape[-1] // 2
    found: Floats = np.partition(values, middle, axis=-1)[..., middle]
    return found


def _share(flags: NDArray[np.bool_]) -> Floats:
    share: Floats = _mean(flags.astype(np.float32))
    return share


def _mean(values: Floats) -> Floats:
    """Return the mean along the last axis, as a product with a vector."""
    mean: Floats = values @ np.ones(values.shape[-1], dtype=np.float32) / np.float32(values.shape[-1])
    return mean


def _steps(values: Floats) -> Floats:
    """Return what each sample moves to the next, (lead, sample); the last of each lead means nothing."""
    flat = np.ascontiguousarray(values).reshape(-1)  # all leads as one long row, which is much faster
    steps = np.zeros_like(flat)
    np.subtract(flat[1:], flat[:-1], out=steps[:-1])
    return steps.reshape(values.shape)


def _clipped_share(coarse: Floats) -> Floats:
    top, bottom = coarse.max(axis=1, keepdims=True), coarse.min(axis=1, keepdims=True)
    return np.maximum(_share(coarse == top), _share(coarse == bottom))


def _wander(coarse: Floats, rate_hz: float) -> Floats:
    means = _grouped_mean(coarse, round(rate_hz))
    span: Floats = means.max(axis=1) - means.min(axis=1)
    return span


def _noise(coarse: Floats, rate_hz: float) -> Floats:
    """Level of white noise that would bend the coarse copy as much; the median block lies between QRS complexes."""
    bend = _steps(_steps(coarse))
    np.multiply(bend, bend, out=bend)
    width = max(1, round(BLOCK_S * rate_hz))
    blocks = _grouped_mean(bend, width)[:, : (bend.shape[1] - 2) // width]
    level: Floats = np.sqrt(_median(blocks) / 6)  # 1 + 4 + 1
    return level


def _mains(coarse: Floats, coarse_rate_hz: float, rate_hz: float) -> Floats:
    """Return (lead, 2) amplitudes at 50 and 60 Hz."""
    waves = coarse @ _mains_waves(coarse.shape[1], coarse_rate_hz, rate_hz)
    amplitude: Floats = np.hypot(waves[:, :2], waves[:, 2:])
    return amplitude


@lru_cache(maxsize=64)
def _mains_waves(n_samples: int, coarse_rate_hz: float, rate_hz: float) -> Floats:
    """Return (sample, 4): cosines at 50 and 60 Hz, then sines, Hann-weighted and corrected for the coarse mean."""
    waves = np.zeros((n_samples, 4))
    turns = np.arange(n_samples) / coarse_rate_hz
    weight = np.hanning(n_samples)
    group = round(rate_hz / coarse_rate_hz)
    for column, frequency in enumerate((50.0, 60.0)):
        if frequency > 0.49 * coarse_rate_hz:
            continue
        angle = math.pi * frequency / rate_hz
        kept = math.sin(group * angle) / (group * math.sin(angle))
        waves[:, column] = np.cos(2 * np.pi * frequency * turns) * weight * 2 / weight.sum() / kept
        waves[:, column + 2] = np.sin(2 * np.pi * frequency * turns) * weight * 2 / weight.sum() / kept
    return waves.astype(np.float32)


def _agreement(coarse: Floats, rate_hz: float) -> Floats:
    envelope = _envelope(coarse, rate_hz)
    product = envelope @ envelope.T
    length = np.maximum(np.sqrt(product.diagonal()), np.float32(1e-9))
    n_leads = envelope.shape[0]
    if n_leads < LEADS_TO_COMPARE:
        return _repetition(envelope / length[:, np.newaxis], rate_hz / max(1, round(ENVELOPE_S * rate_hz)))
    correlation = product / length / length[:, np.newaxis]
    np.fill_diagonal(correlation, np.inf)  # sorts behind the others
    middle = (n_leads - 1) // 2
    typical: Floats = np.partition(correlation, middle, axis=1)[:, middle]
    return typical


def _envelope(coarse: Floats, rate_hz: float) -> Floats:
    """Return how fast the lead moves, (lead, sample), smoothed, of mean 0; tall beats don't outweigh the rest."""
    width = max(1, round(ENVELOPE_S * rate_hz))
    speed = _grouped_mean(np.abs(_steps(coarse)), width)[:, : (coarse.shape[1] - 1) // width]
    ceiling = _median(_by_second(np.maximum, speed, round(rate_hz / width)))
    speed = np.sqrt(np.minimum(speed, ceiling[:, np.newaxis]))
    flat = np.ascontiguousarray(speed).reshape(-1)  # as in ``_steps``
    smooth = np.empty_like(flat)
    smooth[:-2] = flat[:-2] + 2 * flat[1:-1] + flat[2:]
    smooth = smooth.reshape(speed.shape)[:, :-2]
    centred: Floats = smooth - _mean(smooth)[:, np.newaxis]
    return centred


def _repetition(envelope: Floats, rate_hz: float) -> Floats:
    """Return the highest autocorrelation at 0.35 to 1.6 s: heart rates of 170 to 38 per minute."""
    n_samples = envelope.shape[1]
    lags = np.arange(round(0.35 * rate_hz), min(round(1.6 * rate_hz), n_samples - 1))
    spectrum = np.fft.rfft(envelope, 2 * n_samples, axis=1)
    product = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, lags]
    repeated: Floats = (product * n_samples / (n_samples - lags)).max(axis=1).astype(np.float32)
    return repeated
