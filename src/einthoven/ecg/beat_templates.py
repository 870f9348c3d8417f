"""Which beats look alike, and beats laid on each other.

Two QRS complexes are alike when their slopes correlate over all leads at once at the best mutual shift: in LUDB (1 to
80) and PTB-XL (1 to 500) beats of one focus reach 0.7 to 1.0, those of two foci 0.0 to 0.6. Beats then slide along the
mean of their group until the squared difference is least, in steps smaller than a sample (Gauss-Newton, as in Lucas and
Kanade, Proc. IJCAI 1981), and the fiducial is put where half of the energy of the mean's slope has passed: a point that
neither rate nor lead order moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.qrs_detection import GROUP, TINY, QrsActivity

__all__ = ["BeatTemplates", "beat_templates"]

Floats = NDArray[np.float32]
Samples = NDArray[np.float64]

QRS_BEFORE, QRS_AFTER = 12, 15
"""Coarse samples around the middle of QRS that are compared, 96 ms before and 112 ms after."""

SHIFTS = np.arange(-6, 7)
"""Coarse samples by which a beat may be moved, 48 ms either way."""

WHOLE_S = (0.25, 0.45)
"""Before and after the fiducial: P, QRS and T. A beat that the record's ends or a gap cut joins no template."""

ALIKE = 0.7
"""Correlation from which on two beats are alike, in a clean record."""

ALIKE_OF_NEAREST = 0.75
"""The same as a share of the usual correlation of a beat with the one that is most like it, where noise lowers both."""

LEAST_ALIKE = 0.4
"""Below, nothing is alike: four leads of noise reach 0.35 at the best of 13 shifts."""

MOST_COMPARED = 64
"""Beats that are compared with each other; in longer records templates come from so many, evenly spaced."""

MOST_TEMPLATES = 4
"""More foci than that is noise."""

NEAR = range(-30, 31, 2)
"""Samples around the fiducial over which beats are laid on each other, 60 ms either way; 250 Hz hold the band."""

FAR = range(-60, 61)
"""Samples over which the energy of the slope is summed, 120 ms either way."""

FARTHEST = 10.0
"""Samples from where correlation put a beat, 20 ms."""

ALIGNMENTS = 2
"""Steps after which beats of LUDB (1 to 80) move by less than a tenth of a sample."""

FEWEST_BEATS = 2
"""That make a group."""

STEEPEST = 0.4
"""Of a lead's typical QRS slope in 16 ms: what 2 ms count at most, so that an artefact moves no fiducial far."""

ENERGY_SHARES = np.array([0.05, 0.5, 0.95])

LARGEST_STEP = 4.0
"""Samples of one alignment step, 8 ms: the resolution at which beats were found."""


@dataclass(frozen=True, slots=True, eq=False)
class BeatTemplates:
    """The beats in groups.

    Attributes
    ----------
    sample : float64 (beat,) at ``RATE_HZ``
        Fiducials, aligned within each template.
    template : int64 (beat,)
        By size, 0 the largest; -1 for beats that are cut off or unlike all others.
    shape : int64 (beat,)
        The same by QRS alone, so also for a beat whose T wave is cut off.
    width_ms : float64 (beat,)
        Between 5 and 95 % of the energy of the slope; one value for all beats of a template.
    """

    sample: Samples
    template: NDArray[np.int64]
    shape: NDArray[np.int64]
    width_ms: Samples


def beat_templates(signal: Floats, activity: QrsActivity, found: Samples) -> BeatTemplates:
    """Return the detected beats sorted into templates and aligned within them.

    Parameters
    ----------
    signal : float32 (lead, sample) at ``RATE_HZ``
    activity : QrsActivity
    found : float64 (beat,)
        Rough middles of QRS in samples, ascending (``detect_qrs``).
    """
    shape, sample = _grouped(activity, found)
    width_ms = np.full(sample.size, np.nan)
    weight = activity.weight * activity.scale
    near, far = _Stretches.of(signal, weight, NEAR), _Stretches.of(signal, weight, FAR)
    for group in range(int(shape.max(initial=-1)) + 1):
        members = np.flatnonzero(shape == group)
        sample[members] = _laid_on_each_other(near, sample[members])
        middle, width = _energy(_mean_over_beats(far.around(_some(sample[members]))), activity.weight)
        sample[members] += middle[0]
        width_ms[members] = width[0]
    alone = np.flatnonzero(shape < 0)
    if alone.size:
        sample[alone] = np.minimum(np.maximum(sample[alone], -FAR[0]), signal.shape[1] - FAR[-1] - 2)
        middle, width_ms[alone] = _energy(far.around(sample[alone]), activity.weight)
        sample[alone] += middle
    return _by_size(sample, shape, _whole(sample, activity.seen), width_ms)


def _grouped(activity: QrsActivity, found: Samples) -> tuple[NDArray[np.int64], Samples]:
    """Return each beat's group (-1 for none), and where it lies after the shift that fits its group best."""
    coarse = np.rint((found - (GROUP - 1) / 2) / GROUP).astype(np.int64)
    shape = np.full(found.size, -1, dtype=np.int64)
    sample = found.copy()
    inside = np.flatnonzero(_within(coarse, QRS_BEFORE - SHIFTS[0], QRS_AFTER + SHIFTS[-1], activity.seen))
    if inside.size == 0:
        return shape, sample
    slopes = _Slopes.of(activity.slope)
    templates, least = _templates(slopes, coarse[inside[_evenly(inside.size, MOST_COMPARED)]])
    for start in range(0, inside.size, MOST_COMPARED):
        chunk = inside[start : start + MOST_COMPARED]
        likeness = slopes.likeness(coarse[chunk], templates)
        best = likeness.max(axis=1)
        group = best.argmax(axis=1)
        rows = np.arange(chunk.size)
        alike = best[rows, group] >= least
        shift = SHIFTS[likeness[rows, :, group].argmax(axis=1)]
        shape[chunk[alike]] = group[alike]
        sample[chunk[alike]] = (coarse[chunk] + shift)[alike] * GROUP + (GROUP - 1) / 2
    return shape, sample


@dataclass(frozen=True, slots=True, eq=False)
class _Slopes:
    """The slopes of all leads around each coarse sample, as rows of one long vector each.

    ``windows`` float32 (first sample, sample * lead) is a view; ``length`` (first sample,) is that of its rows.
    """

    windows: Floats
    length: Floats

    @classmethod
    def of(cls, slope: Floats) -> _Slopes:
        n_leads, span = slope.shape[0], QRS_BEFORE + QRS_AFTER
        by_time = np.ascontiguousarray(slope.T).ravel()
        windows = np.lib.stride_tricks.sliding_window_view(by_time, span * n_leads)[::n_leads]
        energy = np.cumsum(np.concatenate([[0.0], np.einsum("lt,lt->t", slope, slope, dtype=np.float64)]))
        length = np.sqrt(np.maximum(energy[span:] - energy[:-span], TINY))
        return cls(windows, length.astype(np.float32))

    def at(self, coarse: NDArray[np.int64]) -> Floats:
        """Return float32 (*coarse.shape, sample * lead) of length 1: the slopes around coarse samples."""
        first = coarse - QRS_BEFORE
        unit: Floats = self.windows[first] / self.length[first][..., None]
        return unit

    def likeness(self, coarse: NDArray[np.int64], templates: Floats) -> Floats:
        """Return float32 (beat, shift, template): the correlation of each beat at each shift with each template."""
        first = coarse[:, None] + (SHIFTS - QRS_BEFORE)
        moved = self.windows[first.ravel()]
        correlation: Floats = (moved @ templates.T).reshape(*first.shape, -1) / self.length[first][..., None]
        return correlation


def _templates(slopes: _Slopes, coarse: NDArray[np.int64]) -> tuple[Floats, float]:
    """Return the mean of each group, float32 (group, sample * lead) of length 1, and how alike its beats are at least.

    The beat with the most beats like it gathers the first group, and so on; the earlier beat where two have as many. A
    beat that nothing resembles makes no group, unless it is the best there is.
    """
    likeness = slopes.likeness(coarse, slopes.at(coarse))
    best = likeness.max(axis=1)
    best = np.maximum(best, best.T)
    least = _least_alike(best)
    like = best >= least
    free = np.ones(coarse.size, dtype=np.bool_)
    templates: list[Floats] = []
    while free.any() and len(templates) < MOST_TEMPLATES:
        count = (like & free).sum(axis=1) * free
        seed = int(count.argmax())
        if count[seed] < FEWEST_BEATS and templates:
            break
        members = np.flatnonzero(like[seed] & free)
        shift = SHIFTS[likeness[members, :, seed].argmax(axis=1)]
        mean = slopes.at(coarse[members] + shift).sum(axis=0)
        templates.append(mean / max(float(np.sqrt(mean @ mean)), TINY))
        free[members] = False
    return np.stack(templates), least


def _least_alike(best: Floats) -> float:
    if best.shape[0] < FEWEST_BEATS:
        return ALIKE
    others = np.where(np.eye(best.shape[0], dtype=np.bool_), -1, best)
    nearest = np.sort(others.max(axis=1))
    return min(max(ALIKE_OF_NEAREST * float(nearest[nearest.size // 2]), LEAST_ALIKE), ALIKE)


@dataclass(frozen=True, slots=True, eq=False)
class _Stretches:
    """The signal around any moment; ``windows`` float32 (lead, first sample, sample) is a view."""

    windows: Floats
    weight: Floats
    offsets: range

    @classmethod
    def of(cls, signal: Floats, weight: Floats, offsets: range) -> _Stretches:
        length = offsets[-1] - offsets[0] + 2
        return cls(np.lib.stride_tricks.sliding_window_view(signal, length, axis=1), weight[:, None, None], offsets)

    def around(self, sample: Samples) -> Floats:
        """Return float32 (lead, beat, offset) around fiducials that lie between samples, each lead around its mean."""
        whole = np.floor(sample).astype(np.int64)
        part = (sample - whole).astype(np.float32)[:, None]
        around = self.windows[:, whole + self.offsets[0]]
        beats = around[..., : -1 : self.offsets.step] * (1 - part)
        beats += around[..., 1 :: self.offsets.step] * part
        beats -= beats.mean(axis=2, keepdims=True)
        beats *= self.weight
        return beats


def _laid_on_each_other(near: _Stretches, sample: Samples) -> Samples:
    """Return where the beats lie when each fits the mean of all best."""
    if sample.size < FEWEST_BEATS:
        return sample
    start = sample
    for _ in range(ALIGNMENTS):
        mean = _mean_over_beats(near.around(_some(sample)))
        rise = np.zeros_like(mean[:, 0])
        rise[:, 1:-1] = (mean[:, 0, 2:] - mean[:, 0, :-2]) / (2 * NEAR.step)
        energy = max(float(np.vdot(rise, rise)), TINY)
        chunks = [sample[k : k + MOST_COMPARED] for k in range(0, sample.size, MOST_COMPARED)]
        late = [np.einsum("lt,lbt->b", rise, mean - near.around(chunk)) for chunk in chunks]
        step = np.minimum(np.maximum(np.concatenate(late) / energy, -LARGEST_STEP), LARGEST_STEP)
        sample = np.minimum(np.maximum(sample + step, start - FARTHEST), start + FARTHEST)
    return sample


def _some(sample: Samples) -> Samples:
    return sample[_evenly(sample.size, MOST_COMPARED)]


def _mean_over_beats(beats: Floats) -> Floats:
    """Return float32 (lead, 1, offset)."""
    mean: Floats = beats.mean(axis=1, keepdims=True)
    return mean


def _energy(beats: Floats, weight: Floats) -> tuple[Samples, Samples]:
    """Return of each beat where half of the energy of its slope lies, in samples, and how many ms hold 90 % of it."""
    slope = np.minimum(np.abs(beats[..., 1:] - beats[..., :-1]), STEEPEST * weight[:, None, None])
    slope *= slope
    passed: Samples = np.cumsum(slope.sum(axis=0), axis=1, dtype=np.float64)
    between = np.array(FAR[1:]) - 0.5
    at: Samples = np.zeros((len(passed), ENERGY_SHARES.size))
    for row, of_beat in zip(at, passed, strict=True):
        row[:] = np.interp(ENERGY_SHARES * of_beat[-1], of_beat, between)
    at[passed[:, -1] == 0] = (np.nan, 0, np.nan)
    return at[:, 1], (at[:, 2] - at[:, 0]) * 1000 / RATE_HZ


def _by_size(sample: Samples, shape: NDArray[np.int64], whole: NDArray[np.bool_], width_ms: Samples) -> BeatTemplates:
    """Return the groups renamed by how many whole beats they have; of two with about as many the narrower is first."""
    groups = range(int(shape.max(initial=-1)) + 1)
    size = {group: int((whole & (shape == group)).sum()) for group in groups}
    width = {group: float(width_ms[shape == group][0]) if (shape == group).any() else np.nan for group in groups}
    order = sorted(groups, key=lambda group: (-size[group], width[group]))
    if len(order) > 1 and size[order[0]] - size[order[1]] <= 1 and width[order[1]] < width[order[0]]:
        order[:2] = order[1::-1]  # bigeminy: the beat that begins or ends the record decides nothing
    names = np.full(len(order) + 1, -1, dtype=np.int64)  # the last stands for -1
    names[order] = np.arange(len(order))
    shape = names[shape]
    return BeatTemplates(sample, np.where(whole, shape, -1), shape, width_ms)


def _whole(sample: Samples, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    coarse = np.floor(sample / GROUP).astype(np.int64)
    before, after = (int(seconds * RATE_HZ / GROUP) for seconds in WHOLE_S)
    return _within(coarse, before, after, seen)


def _within(coarse: NDArray[np.int64], before: int, after: int, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether ``before`` to ``after`` coarse samples around lie in the record, and the leads see them."""
    unseen = np.concatenate([[0], np.cumsum(~seen)])
    first, last = coarse - before, coarse + after + 1
    inside = (first >= 0) & (last <= seen.size)
    counted = unseen[np.minimum(last, seen.size)] - unseen[np.maximum(first, 0)]
    answer: NDArray[np.bool_] = inside & (counted == 0)
    return answer


def _evenly(n: int, most: int) -> NDArray[np.int64]:
    """Return ``most`` indices spread over ``n``, or all."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)
