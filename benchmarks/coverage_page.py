"""The page docs/reference/coverage.md, written from what benchmarks/coverage.py measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Measured", "page"]

ENOUGH = 30
TARGET, FLOOR, EXACT = (93.5, 96.5), 94.0, 95.0
# an interval that is meant to cover at least its level has no upper limit
CAUTIOUS = {"Clopper-Pearson"}
REFERENCE = {"plain DeLong", "logit DeLong", "Wilson"}


@dataclass(frozen=True, slots=True)
class Measured:
    """How one interval does in one setting.

    Attributes
    ----------
    setting : what the data sets were drawn from
    events, patients : mean number of records with, and of patients behind them
    coverage, error : percent, of the data sets with an interval
    below, above : percent of intervals that lie wholly below, and above, the truth
    width : mean
    without : percent of data sets without an interval
    """

    statistic: str
    method: str
    setting: Any
    events: float
    patients: float
    coverage: float
    error: float
    below: float
    above: float
    width: float
    without: float

    @classmethod
    def of(
        cls, statistic: str, method: str, setting: Any, limits: NDArray[np.float64], truth: float, *,
        events: float, patients: float,
    ) -> Measured:  # fmt: skip
        """Count from limits, float64 (data set, 2), NaN where there is no interval."""
        there = ~np.isnan(limits[:, 0])
        low, high = limits[there].T
        below, above = float(np.mean(high < truth)), float(np.mean(low > truth))
        share = 1 - below - above
        error = float(np.sqrt(share * (1 - share) / low.size))
        width, without = float(np.mean(high - low)), float(np.mean(~there))
        return cls(
            statistic, method, setting, events, patients, 100 * share, 100 * error, 100 * below, 100 * above, width,
            100 * without,
        )  # fmt: skip

    @property
    def enough(self) -> bool:
        """Whether there are at least 30 events and 30 non-events, in the mean and in records."""
        return bool(round(min(self.events, self.setting.records - self.events)) >= ENOUGH)

    @property
    def aim(self) -> tuple[float, float]:
        """Between which percentages coverage should lie."""
        if self.method in CAUTIOUS:
            return EXACT, 100.0
        return TARGET if self.enough else (FLOOR, 100.0)

    @property
    def missed(self) -> float:
        """How far coverage lies outside its aim, in percentage points; 0 inside."""
        return max(self.aim[0] - self.coverage, self.coverage - self.aim[1], 0.0)

    def words(self) -> str:
        """Return the setting in words."""
        s = self.setting
        size = f"{s.cluster_size} records per patient" if s.cluster_size > 1 else "one record per patient"
        share = f"{s.events} events" if s.events is not None else f"{100 * s.prevalence:g} % events"
        shape = {"normal": "", "sampled": ", sampled and weighted"}.get(s.shape, f", scores: {s.shape}")
        return f"{s.records} records, {share}, {size}, AUROC {s.area:g}{shape}"


def page(found: list[Measured], *, sets: int) -> str:
    """Return the whole page."""
    planned = [m for m in found if m.setting.events is None and m.setting.shape == "normal"]
    sampled = [m for m in found if m.setting.shape == "sampled"]
    few = [m for m in found if m.setting.events is not None and m.setting.shape == "normal"]
    shaped = [m for m in found if m.setting.shape not in {"normal", "sampled"}]
    judged = [m for m in found if m.method not in REFERENCE]
    parts = [_introduction(sets), _verdict(judged)]
    for statistic in dict.fromkeys(m.statistic for m in planned):
        rows = [m for m in planned if m.statistic == statistic]
        parts += [f"## {statistic[0].upper()}{statistic[1:]}", _table(rows)]
    parts.append(f"## AUROC with few events\n\n{FEW_EVENTS}\n\n{_compared(few, 'events')}")
    parts.append(f"## AUROC of scores that are not normal\n\n{SHAPES}\n\n{_compared(shaped, 'shape')}")
    parts.append(f"## Weighted records\n\n{SAMPLED}\n\n{_table(sampled)}")
    return "\n\n".join(parts) + "\n"


SAMPLED = """\
Of so many records, those above the middle between both means are in the sample with a chance of 80 %, the others of
15 %, each with the inverse as its weight, as in partial verification. *Events* are those in the sample. Few of the
records of low score that had the event are seen, often none; what is not seen no interval can know: about 100 events in
the sample are needed, not 30."""
INTRODUCTION = """\
# How often the intervals hold the truth

A 95 % interval should hold the truth in 95 of 100 studies. This page says how often each one does, in {sets} simulated
data sets per line; `benchmarks/coverage.py` writes it, with a fixed seed and by the functions that a user calls.

Scores of negatives and positives are normal with equal variance, at the distance that gives the AUROC; the probability
is the calibrated one. With 4 records per patient, half of the variance of the score, and half of that of a liability
whose excess is the event, is the patient's. Sensitivity is measured where it is 0.8, net benefit at a threshold
probability of the prevalence.

*Coverage* is in percent, with its standard error from simulation; *below* and *above* are the percentages of intervals
that lie wholly below, or above, the truth. *Events* are records; *patients* those who have one. *None* is the
percentage of data sets without an interval, refused with a reason: no event, fewer than two patients with one (AUROC),
classes that the score separates (slope). They are left out of coverage.

The aim: 93.5 to 96.5 % wherever there are at least 30 events and 30 non-events, counted in records; below that at least
94 %; Clopper-Pearson at least 95 % anywhere. Lines marked (!) miss it."""
FEW_EVENTS = "200 records, one per patient, with exactly so many events. Coverage in percent, and mean width."
SHAPES = """\
200 records with exactly so many events. *Wider positives*: normal, with a standard deviation of 1.6 times that of the
negatives. *Exponential*: both are. *Missed positives*: a share of the positives scores like negatives, the others above
all negatives; the hardest, for a handful of events may hold no missed one."""


def _introduction(sets: int) -> str:
    return INTRODUCTION.format(sets=f"{sets:,}")


def _verdict(planned: list[Measured]) -> str:
    failed = [m for m in planned if m.missed > 0]
    lines = [f"## Where the aim is missed\n\n{len(planned) - len(failed)} of {len(planned)} lines meet it."]
    for m in sorted(failed, key=lambda m: -m.missed):
        doubt = "within twice the error of simulation" if m.missed <= 2 * m.error else "more than chance"
        side = "cautious, " if m.coverage > m.aim[1] else ""
        lines.append(
            f"- {m.statistic} ({m.method}): {m.words()}: {m.coverage:.1f} %, "
            f"{side}{m.missed:.1f} points outside, {doubt}."
        )
    return lines[0] + ("\n\n" + "\n".join(lines[1:]) if failed else "")


def _table(rows: list[Measured]) -> str:
    names = ["method", "records", "prevalence", "records per patient", "AUROC", "events (patients)", "coverage"]
    names += ["below, above", "width", "none"]
    several = len({m.statistic for m in rows}) > 1
    names = ["statistic"] * several + names
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    methods = list(dict.fromkeys((m.statistic, m.method) for m in rows))
    for m in sorted(rows, key=lambda m: methods.index((m.statistic, m.method))):
        s, mark = m.setting, "" if m.missed == 0 or m.method in REFERENCE else " (!)"
        cells = [m.statistic] * several + [m.method, f"{s.records}", f"{100 * s.prevalence:g} %", f"{s.cluster_size}"]
        cells += [f"{s.area:g}", f"{m.events:.0f} ({m.patients:.0f})", f"{m.coverage:.1f} +- {m.error:.1f}{mark}"]
        cells += [f"{m.below:.1f}, {m.above:.1f}", f"{m.width:.3f}", f"{m.without:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _compared(rows: list[Measured], by: str) -> str:
    methods = list(dict.fromkeys(m.method for m in rows))
    first = "| scores " if by == "shape" else ""
    lines = [f"{first}| events | AUROC | {' | '.join(methods)} |", "|---" * (len(methods) + 2 + bool(first)) + "|"]
    for setting in dict.fromkeys(m.setting for m in rows):
        cells = [f"{m.coverage:.1f}, {m.width:.3f}" for m in _of(rows, setting, methods)]
        lead = f"| {setting.shape} " if first else ""
        lines.append(f"{lead}| {setting.events} | {setting.area:g} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _of(rows: list[Measured], setting: Any, methods: Iterable[str]) -> list[Measured]:
    return [next(m for m in rows if m.setting == setting and m.method == method) for method in methods]
