"""A subgroup table of a thousand resamples beside a loop of scikit-learn: 19 groups, 5 metrics, 52,787 patients.

The size and the groups of the external test set of DeepECG LVSD (JMIR Med Inform 2026;14:e83127, table 3): prevalence
4.9 %, AUROC 0.947, one ECG per patient; scores and groups are drawn at random. The loop repeats the records of each
drawn patient, then calls ``roc_auc_score`` and ``confusion_matrix`` per group; it is timed on a few resamples, and its
time for all of them is that multiple. Both get the same draws, so their numbers must be equal.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from einthoven.evaluation.analyses import subgroups
from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.statistics.bootstrap import patient_draws
from einthoven.evaluation.statistics.group_bootstrap import group_bootstrap
from measuring import machine, table

PATIENTS, PREVALENCE, SEPARATION = 52_787, 0.049, 2.287  # a shift of 2.287 SD is an AUROC of 0.947
RESAMPLES, LOOPED = 1000, 5
METRICS = ("auroc", "sensitivity", "specificity", "ppv", "npv")
# share of patients with yes; where both groups stand in the paper's table, both are counted
COLUMNS = {
    "age_over_70": (0.35, 2), "female": (0.48, 2), "diabetes": (0.25, 2), "hypertension": (0.45, 2),
    "ischaemic": (0.20, 2), "kidney": (0.12, 2), "sinus": (0.85, 1), "af": (0.08, 1), "lbbb": (0.015, 1),
    "rbbb": (0.06, 1), "long_pr": (0.09, 1), "wide_qrs": (0.05, 1), "long_qtc": (0.25, 1),
}  # fmt: skip
THRESHOLD = 1.2


Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class TestSet:
    """Scores, truth and the 19 groups, bool (patient, group)."""

    score: NDArray[np.float64]
    truth: NDArray[np.bool_]
    yes: dict[str, NDArray[np.bool_]]
    member: NDArray[np.bool_]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(machine(), end="\n\n")
    data = drawn()
    ours_s, wall_s, found = _timed(lambda: _ours(data))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    loop_s, _, looped = _timed(lambda: _loop(data))
    loop_s *= RESAMPLES / LOOPED
    apart = max(float(np.nanmax(np.abs(looped[m] - found[m][:LOOPED]))) for m in METRICS)
    groups, lost = data.member.shape[1], sum(int(np.isnan(found[m]).sum()) for m in METRICS)
    print(
        table(
            ("how", "processor time", "ratio"),
            [
                (f"scikit-learn, {LOOPED} resamples times {RESAMPLES // LOOPED}", f"{loop_s:.0f} s", "1"),
                (f"einthoven, {RESAMPLES:,} resamples", f"{ours_s:.1f} s", f"**{loop_s / ours_s:.0f}**"),
            ],
        )
    )
    print(
        f"\n{groups} groups x {len(METRICS)} metrics x {RESAMPLES:,} resamples of {PATIENTS:,} patients: "
        f"{wall_s:.1f} s by the clock on one core, {memory_mb:.0f} MB at most with all that is imported. "
        f"Of {LOOPED * groups * len(METRICS)} numbers that both computed the largest difference is {apart:.1g}; "
        f"{lost} numbers are not defined."
    )
    whole_s, whole_wall_s, rows = _timed(lambda: _analysis(data))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\nThe whole analysis `subgroups` of one model ({len(data.yes)} columns, {2 * len(data.yes)} groups with BCa "
        f"intervals, each with the difference to its complement, and tests of interaction: {rows} rows) takes "
        f"{whole_s:.1f} s of processor time, {whole_wall_s:.1f} s by the clock; {memory_mb:.0f} MB at most."
    )


def drawn() -> TestSet:
    """Return the test set."""
    rng = np.random.default_rng(0)
    truth = rng.random(PATIENTS) < PREVALENCE
    score = rng.normal(size=PATIENTS) + SEPARATION * truth
    yes = {name: rng.random(PATIENTS) < share for name, (share, _) in COLUMNS.items()}
    no = [~yes[name] for name, (_, sides) in COLUMNS.items() if sides == 2]
    return TestSet(score, truth, yes, np.stack([*yes.values(), *no], axis=1))


def _ours(data: TestSet) -> dict[str, NDArray[np.float64]]:
    found = group_bootstrap(
        data.score, data.truth, data.member, decision=data.score >= THRESHOLD, clusters=np.arange(PATIENTS),
        resamples=RESAMPLES,
    )  # fmt: skip
    return dict(found.replicates)


def _loop(data: TestSet) -> dict[str, NDArray[np.float64]]:
    from sklearn.metrics import confusion_matrix, roc_auc_score

    blocks = patient_draws(np.zeros(PATIENTS, dtype=np.int64), resamples=LOOPED, seed=0, records=PATIENTS)
    found = {metric: np.full((LOOPED, data.member.shape[1]), np.nan) for metric in METRICS}
    for row, counts in enumerate(np.concatenate(list(blocks))):
        index = np.repeat(np.arange(PATIENTS), counts)
        truth, score, member = data.truth[index], data.score[index], data.member[index]
        for group in range(member.shape[1]):
            kept = member[:, group]
            (tn, fp), (fn, tp) = confusion_matrix(truth[kept], score[kept] >= THRESHOLD)
            area = roc_auc_score(truth[kept], score[kept])
            values = (area, tp / (tp + fn), tn / (tn + fp), tp / (tp + fp), tn / (tn + fn))
            for metric, value in zip(METRICS, values, strict=True):
                found[metric][row, group] = value
    return found


def _analysis(data: TestSet) -> int:
    # the same scores once more as the validation set, on which the cut-off is chosen
    names = [f"{row}" for row in range(PATIENTS)]
    ids = [*names, *(f"validation {name}" for name in names)]
    predictions = Predictions.from_arrays(
        np.tile(1 / (1 + np.exp(-data.score)), 2)[:, None], np.tile(data.truth, 2)[:, None].astype(float),
        labels=("LVSD",), record_id=ids, patient_id=ids, split=["test"] * PATIENTS + ["validation"] * PATIENTS,
    ).table  # fmt: skip
    for name, values in data.yes.items():
        texts = np.where(np.tile(values, 2), "yes", "no").tolist()
        predictions = predictions.append_column(f"group.{name}", pa.array(texts))
    protocol = Protocol(splits=("test",), subgroups=tuple(f"group.{name}" for name in data.yes), resamples=RESAMPLES)
    rows = subgroups.analyse(context_for(Predictions(predictions), protocol))
    return len(rows.results) + len(rows.comparisons)


def _timed(work: Callable[[], Result]) -> tuple[float, float, Result]:
    processor, clock = time.process_time(), time.perf_counter()
    result = work()
    return time.process_time() - processor, time.perf_counter() - clock, result


if __name__ == "__main__":
    main()
