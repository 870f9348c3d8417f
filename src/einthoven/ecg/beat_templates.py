"""Which beats look alike.

Two QRS complexes are alike when their slopes correlate over all leads at once at the best mutual shift: in LUDB (1 to
80) and PTB-XL (1 to 500) beats of one focus reach 0.7 to 1.0, those of two foci 0.0 to 0.6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.analysis_signal import RATE_HZ
from einthoven.ecg.beat_alignment import MOST_COMPARED, BeatAligner, evenly
from einthoven.ecg.qrs_activity import GROUP, TINY, QrsActivity

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
"""Below, nothing is alike."""

MOST_TEMPLATES = 4
"""More foci than that is noise."""

FEWEST_BEATS = 2
"""That make a group."""


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
        Between 5 and 95 % of the energy of the slope; one value for all beats of a template, NaN for a QRS that is cut
        off.
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
    coarse = np.rint((found - (GROUP - 1) / 2) / GROUP).astype(np.int64)
    inside = _within(coarse, QRS_BEFORE - SHIFTS[0], QRS_AFTER + SHIFTS[-1], activity.seen)
    compared = np.flatnonzero(inside)
    shape = np.full(found.size, -1, dtype=np.int64)
    sample = found.copy()
    if compared.size:
        shape[compared], sample[compared] = _grouped(_Slopes.of(activity.slope), coarse[compared])
    aligner = BeatAligner(signal, activity)
    width_ms = np.full(found.size, np.nan)
    for group in range(int(shape.max(initial=-1)) + 1):
        members = np.flatnonzero(shape == group)
        fiducials = aligner.together(sample[members])
        sample[members], width_ms[members] = fiducials.sample, fiducials.width_ms
    others = np.flatnonzero(shape < 0)
    if others.size:
        fiducials = aligner.alone(sample[others])
        sample[others] = fiducials.sample
        width_ms[others] = np.where(inside[others], fiducials.width_ms, np.nan)
    return _by_size(sample, shape, _whole(sample, activity.seen), width_ms)


def _grouped(slopes: _Slopes, coarse: NDArray[np.int64]) -> tuple[NDArray[np.int64], Samples]:
    """Return each beat's group (-1 for none), and where it lies after the shift that fits its group best."""
    templates, least = _templates(slopes, coarse[evenly(coarse.size, MOST_COMPARED)])
    shape = np.full(coarse.size, -1, dtype=np.int64)
    moved = coarse.copy()
    for start in range(0, coarse.size, MOST_COMPARED):
        chunk = np.arange(start, min(start + MOST_COMPARED, coarse.size))
        likeness = slopes.likeness(coarse[chunk], templates)
        best = likeness.max(axis=1)
        group = best.argmax(axis=1)
        rows = np.arange(chunk.size)
        alike = best[rows, group] >= least
        shift = SHIFTS[likeness[rows, :, group].argmax(axis=1)]
        shape[chunk[alike]] = group[alike]
        moved[chunk[alike]] += shift[alike]
    sample: Samples = moved.astype(np.float64) * GROUP + (GROUP - 1) / 2
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
