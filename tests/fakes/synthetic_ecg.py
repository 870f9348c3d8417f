"""Twelve-lead ECGs whose every beat and border is known: bumps of a heart vector, seen through Dower's leads.

Each wave is one or several bumps (a raised cosine up, another down) with a direction in space; leads are projections of
the sum (Dower et al. 1980, J Electrocardiol 13:109), so Einthoven's law holds and a wave may be absent in a lead.
All is a function of continuous time: the same ECG can be sampled at any rate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from einthoven.ecg.leads import STANDARD_LEADS, derive_limb_leads
from einthoven.ecg.record import Record

__all__ = ["SHAPES", "BeatShape", "Bump", "SyntheticEcg", "synthetic_ecg"]

# rows I, II, V1 ... V6 by columns X (left), Y (down), Z (back)
DOWER = np.array(
    [
        [0.632, -0.235, 0.059],
        [0.235, 1.066, -0.132],
        [-0.515, 0.157, -0.917],
        [0.044, 0.164, -1.387],
        [0.882, 0.098, -1.277],
        [1.213, 0.127, -0.601],
        [1.125, 0.127, -0.086],
        [0.831, 0.076, 0.230],
    ]
)
MARK_SHARE = 0.04  # of a wave's largest deflection in a lead: where its marks are set
LEAST_WAVE_MV = 0.02  # a wave that stays below is absent in that lead
MOST_TONES = 500  # that noise is made of
SPIKE_VECTOR = (-0.3, 0.8, -0.5)
MARKED_WAVES = ("P", "QRS", "T")  # three marks each: onset, peak, end; the order of einthoven.ecg.delineation.Mark


@dataclass(frozen=True)
class Bump:
    """A deflection of ``vector_mv`` (X, Y, Z) that begins, peaks and ends at ms from the beat's fiducial."""

    wave: Literal["P", "QRS", "T"]
    on_ms: float
    peak_ms: float
    off_ms: float
    vector_mv: tuple[float, float, float]

    def height(self, ms: np.ndarray) -> np.ndarray:
        """Return the share in [0, 1] of the vector at each time."""
        up = np.clip((ms - self.on_ms) / (self.peak_ms - self.on_ms), 0, 1)
        down = np.clip((self.off_ms - ms) / (self.off_ms - self.peak_ms), 0, 1)
        return (0.5 - 0.5 * np.cos(np.pi * up)) * (0.5 - 0.5 * np.cos(np.pi * down))


@dataclass(frozen=True)
class BeatShape:
    """The bumps of one beat; a pacing spike stands ``spike_ms`` from the fiducial when that is not None."""

    bumps: tuple[Bump, ...]
    spike_ms: float | None = None

    def without(self, wave: str) -> BeatShape:
        """Return the shape without the bumps of one wave."""
        return replace(self, bumps=tuple(bump for bump in self.bumps if bump.wave != wave))

    def moved(self, wave: str, *, by_ms: float = 0.0, stretch: float = 1.0) -> BeatShape:
        """Return the shape with one wave's times stretched around the fiducial, then shifted."""
        bumps = [
            replace(
                bump,
                on_ms=bump.on_ms * stretch + by_ms,
                peak_ms=bump.peak_ms * stretch + by_ms,
                off_ms=bump.off_ms * stretch + by_ms,
            )
            if bump.wave == wave
            else bump
            for bump in self.bumps
        ]
        return replace(self, bumps=tuple(bumps))


P = Bump("P", -210, -155, -100, (0.10, 0.10, -0.06))
T = Bump("T", 170, 300, 400, (0.35, 0.25, -0.15))
NORMAL = BeatShape(
    (
        P,
        Bump("QRS", -44, -25, -6, (-0.18, -0.06, -0.28)),
        Bump("QRS", -28, 0, 24, (1.0, 0.8, 0.3)),
        Bump("QRS", 8, 26, 46, (-0.1, -0.2, 0.45)),
        T,
    )
)
SHAPES: Mapping[str, BeatShape] = {
    "normal": NORMAL,
    "pac": NORMAL.moved("P", by_ms=15),
    "rbbb": BeatShape((*NORMAL.bumps, Bump("QRS", 20, 56, 92, (-0.45, 0.0, -0.5)))),
    "lbbb": BeatShape(
        (
            P,
            Bump("QRS", -60, -18, 40, (0.8, 0.3, 0.9)),
            Bump("QRS", -10, 42, 90, (0.9, 0.2, 0.5)),
            Bump("T", 180, 310, 420, (-0.4, -0.1, -0.3)),
        )
    ),
    "pvc": BeatShape(
        (
            Bump("QRS", -85, -10, 50, (-0.9, 1.3, -0.7)),
            Bump("QRS", 5, 48, 90, (0.4, -0.5, 0.4)),
            Bump("T", 160, 290, 420, (0.5, -0.6, 0.35)),
        )
    ),
    "paced": BeatShape(
        (
            Bump("QRS", -70, -15, 60, (0.3, -1.1, 0.8)),
            Bump("QRS", 0, 50, 95, (0.2, -0.5, 0.3)),
            Bump("T", 180, 310, 430, (-0.2, 0.6, -0.4)),
        ),
        spike_ms=-76.0,
    ),
}


@dataclass(frozen=True, eq=False)
class SyntheticEcg:
    """A record and all that is true of it.

    Attributes
    ----------
    record : Record
    beat_s : float64 (beat,), s from the start
        Fiducials (the peak of the largest QRS bump), also of beats whose waves the record cuts off.
    shapes : tuple of str (beat,)
        Keys of ``SHAPES``.
    marks_s : float64 (beat, lead, 9), s from the start
        Onset, peak and end of P, QRS and T in the record's leads; NaN where a wave is absent or below 0.02 mV.
        Onset and end lie where the wave reaches 4 % of its largest deflection.
    free_p_s : float64 (wave, 3), s from the start
        Onset, peak and end of P waves that conduct nothing.
    spikes_s : float64 (spike,), s from the start
    """

    record: Record
    beat_s: np.ndarray
    shapes: tuple[str, ...]
    marks_s: np.ndarray
    free_p_s: np.ndarray
    spikes_s: np.ndarray


def synthetic_ecg(
    *,
    rate_hz: float = 500.0,
    duration_s: float = 10.0,
    rr_ms: float | Sequence[float] = 800.0,
    first_s: float = 0.45,
    shape: str = "normal",
    premature: Mapping[int, str] | None = None,
    atrial: Literal["sinus", "fibrillation", "dissociated", "none"] = "sinus",
    pr_shift_ms: float = 0.0,
    p_rr_ms: float = 730.0,
    rr_sd_ms: float = 0.0,
    fibrillation_mv: float = 0.06,
    spike_mv: float = 2.0,
    noise_mv: float = 0.0,
    noise_hz: float = 45.0,
    wander_mv: float = 0.0,
    gain: float = 1.0,
    seed: int = 0,
    leads: Sequence[str] = STANDARD_LEADS,
    **fields,
) -> SyntheticEcg:
    """Return an ECG with its truth.

    Parameters
    ----------
    rr_ms : float or sequence of float
        Interval after each beat; a sequence is repeated until the record is full.
    first_s : float
        Fiducial of the first beat; may lie before the record, or so that the start cuts through its QRS.
    shape : str
        Of all beats but the premature ones: normal, lbbb, rbbb, paced.
    premature : mapping of beat index to shape
        ``pvc`` comes at 0.6 of its interval and the pause compensates; ``pac`` at 0.7 and the rhythm starts anew.
    atrial : ``sinus``, ``fibrillation``, ``dissociated`` or ``none``
        Fibrillation draws the intervals at random (log-normal, SD a fifth), takes the P waves off and adds f waves;
        dissociated P waves march through every ``p_rr_ms`` whatever QRS does (third-degree AV block).
    pr_shift_ms : float
        Moves P: negative values make PR longer.
    rr_sd_ms : float
        Sinus arrhythmia: a slow sine of this standard deviation.
    noise_mv, noise_hz : float
        RMS of white noise up to a frequency; the same function of time at every rate.
    gain : float
        Multiplies the signal at the end.
    """
    rng = np.random.default_rng(seed)
    beat_s, shapes = _beats(
        rng,
        duration_s=duration_s,
        rr_ms=rr_ms,
        first_s=first_s,
        shape=shape,
        premature=premature or {},
        atrial=atrial,
        rr_sd_ms=rr_sd_ms,
    )
    stretch = float(np.clip(np.mean(np.diff(beat_s)) / 0.8, 0.3, 1.5)) ** (1 / 3) if beat_s.size > 1 else 1.0
    drawn = {name: _drawn_shape(SHAPES[name], atrial, pr_shift_ms, stretch) for name in set(shapes)}
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    vector = sum(
        (_vector(drawn[name], 1000 * (time_s - at)) for at, name in zip(beat_s, shapes, strict=True)),
        start=np.zeros((3, time_s.size)),
    )
    free = BeatShape((replace(P, on_ms=-55, peak_ms=0, off_ms=55),))
    free_at = np.arange(0.1, duration_s, p_rr_ms / 1000) if atrial == "dissociated" else np.zeros(0)
    for at in free_at:
        vector += _vector(free, 1000 * (time_s - at))
    if atrial == "fibrillation":
        vector += fibrillation_mv * _f_waves(rng, time_s)
    signal = _twelve_leads(vector)
    spike_ms = [drawn[name].spike_ms for name in shapes]
    spikes_s = np.array([at + ms / 1000 for at, ms in zip(beat_s, spike_ms, strict=True) if ms is not None])
    signal += spike_mv * _twelve_leads(np.outer(SPIKE_VECTOR, _spikes(spikes_s, time_s, rate_hz)))
    if noise_mv:
        signal += noise_mv * _noise(rng, time_s, duration_s, noise_hz)
    signal += wander_mv * np.sin(2 * np.pi * (0.25 * time_s + rng.random((12, 1))))
    rows = [STANDARD_LEADS.index(lead) for lead in leads]
    record = Record((gain * signal[rows]).astype(np.float32), tuple(leads), rate_hz, f"synthetic-{seed}", **fields)
    marks_s = np.stack([at + _marks_ms(drawn[name])[rows] / 1000 for at, name in zip(beat_s, shapes, strict=True)])
    free_p_s = free_at[:, None] + _marks_ms(free)[1, :3] / 1000
    return SyntheticEcg(record, beat_s, tuple(shapes), marks_s, free_p_s, spikes_s)


def _beats(rng, *, duration_s, rr_ms, first_s, shape, premature, atrial, rr_sd_ms) -> tuple[np.ndarray, list[str]]:
    intervals = np.atleast_1d(np.asarray(rr_ms, dtype=np.float64)) / 1000
    at, beat_s, shapes, owed = first_s, [], [], 0.0
    while at < duration_s + 0.5:
        k = len(beat_s)
        rr = intervals[k % intervals.size]
        if atrial == "fibrillation":
            rr = max(0.32, rr * float(np.exp(rng.normal(0, 0.22))))
        elif atrial != "dissociated":
            rr += np.sqrt(2) * rr_sd_ms / 1000 * np.sin(2 * np.pi * at / 4.3)
        beat_s.append(at)
        shapes.append(premature.get(k, shape))
        following = premature.get(k + 1)
        step = rr * {"pvc": 0.6, "pac": 0.7}.get(following, 1.0) + owed
        owed = 0.4 * rr if following == "pvc" else 0.0
        at += step
    return np.array(beat_s), shapes


def _drawn_shape(shape: BeatShape, atrial: str, pr_shift_ms: float, stretch: float) -> BeatShape:
    shape = shape.moved("P", by_ms=pr_shift_ms) if atrial == "sinus" else shape.without("P")
    return shape.moved("T", stretch=stretch)


def _vector(shape: BeatShape, ms: np.ndarray) -> np.ndarray:
    """Return float64 (3, sample): the heart vector of one beat."""
    vector = np.zeros((3, ms.size))
    for bump in shape.bumps:
        inside = slice(*np.searchsorted(ms, [bump.on_ms, bump.off_ms]))
        vector[:, inside] += np.outer(bump.vector_mv, bump.height(ms[inside]))
    return vector


def _twelve_leads(vector: np.ndarray) -> np.ndarray:
    eight = (DOWER @ vector).astype(np.float32)
    limb = derive_limb_leads(eight[:2], ("I", "II")).signal
    return np.concatenate([limb, eight[2:]]).astype(np.float64)


def _marks_ms(shape: BeatShape) -> np.ndarray:
    """Return float64 (12, 9): marks in ms from the fiducial, found on a grid of 0.1 ms."""
    ms = np.arange(-600, 700, 0.1)
    marks = np.full((12, 9), np.nan)
    for first, wave in zip((0, 3, 6), MARKED_WAVES, strict=True):
        bumps = tuple(bump for bump in shape.bumps if bump.wave == wave)
        size = np.abs(_twelve_leads(_vector(BeatShape(bumps), ms)))
        for lead in np.flatnonzero(size.max(axis=1) > LEAST_WAVE_MV):
            above = np.flatnonzero(size[lead] > MARK_SHARE * size[lead].max())
            marks[lead, first : first + 3] = ms[above[0]], ms[size[lead].argmax()], ms[above[-1]]
    return marks


def _f_waves(rng, time_s: np.ndarray) -> np.ndarray:
    """Return float64 (3, sample): waves of 5.6 to 7 a second of unsteady rate and height, mostly towards V1."""
    rate_hz = 6.3 + 0.7 * np.sin(2 * np.pi * 0.31 * time_s + rng.random() * 6)
    step_s = time_s[1] - time_s[0] if time_s.size > 1 else 0.0
    phase = 2 * np.pi * np.cumsum(rate_hz) * step_s + rng.random() * 6
    height = 1 + 0.4 * np.sin(2 * np.pi * 0.9 * time_s + rng.random() * 6)
    wave = height * (np.sin(phase) + 0.35 * np.sin(2 * phase + 1))
    return np.outer((-0.2, 0.6, -0.9), wave)


def _spikes(spikes_s: np.ndarray, time_s: np.ndarray, rate_hz: float) -> np.ndarray:
    """Return float64 (sample,): pulses of about 1 ms behind a recorder's anti-aliasing filter."""
    width_s = max(0.0005, 0.5 / rate_hz)
    return np.exp(-0.5 * ((time_s - spikes_s[:, None]) / width_s) ** 2).sum(axis=0)


def _noise(rng, time_s: np.ndarray, duration_s: float, noise_hz: float) -> np.ndarray:
    """Return float64 (12, sample) of RMS 1; the limb leads obey Einthoven's law."""
    hz = np.arange(1, int(noise_hz * duration_s)) / duration_s
    if hz.size > MOST_TONES:
        hz = rng.choice(hz, MOST_TONES, replace=False)
    turns = 2 * np.pi * hz[:, None] * time_s
    weights = rng.normal(0, 1 / np.sqrt(hz.size), (2, 8, hz.size))
    eight = weights[0] @ np.cos(turns) + weights[1] @ np.sin(turns)
    limb = derive_limb_leads(eight[:2].astype(np.float32), ("I", "II")).signal
    return np.concatenate([limb, eight[2:]])
