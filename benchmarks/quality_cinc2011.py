"""Refit the quality score on PhysioNet/CinC Challenge 2011 set A, and say how well it tells good ECGs from bad ones.

Prints the coefficients to write into einthoven.ecg.quality, the AUROC of ten times repeated tenfold
cross-validation, that of the score as it stands, of single leads against their annotation, what moving the
thresholds changes, and the time per record.
"""

from __future__ import annotations

import csv
import dataclasses
import time
from dataclasses import dataclass
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold

from einthoven.ecg import quality_features
from einthoven.ecg.formats import read
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.ecg.quality import WEIGHTS, WEIGHTS_ALONE, quality
from einthoven.ecg.record import Record
from einthoven.evaluation.estimate import Estimate
from einthoven.evaluation.statistics.auroc import auroc
from measuring import machine, pin_to_one_core, real_data, table

REPEATS = 10
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records, whether each is acceptable, and whether each lead is (NaN where nobody said)."""

    records: list[Record]
    acceptable: NDArray[np.bool_]
    lead_unacceptable: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LeadsAlone:
    """The leads that were judged one by one, each as a record of its own."""

    predictors: NDArray[np.float64]
    acceptable: NDArray[np.bool_]
    patient: NDArray[np.int64]

    @classmethod
    def of(cls, data: Labelled) -> LeadsAlone:
        """Measure every annotated lead by itself."""
        patient, row = np.nonzero(~np.isnan(data.lead_unacceptable))
        records = [
            dataclasses.replace(data.records[p], signal=data.records[p].signal[r : r + 1], leads=(STANDARD_LEADS[r],))
            for p, r in zip(patient, row, strict=True)
        ]
        return cls(predictors_of(records)[:, :2], data.lead_unacceptable[patient, row] == 0, patient)

    def row(self) -> tuple[str, ...]:
        """Return the line of the table; the leads of a record are in one fold."""
        folds = GroupKFold(10).split(self.predictors, groups=self.patient)
        score = np.empty(self.acceptable.size)
        for train, test in folds:
            score[test] = fitted(self.predictors[train], self.acceptable[train]).decision_function(
                self.predictors[test]
            )
        return row("tenfold, each annotated lead alone", auroc(score, self.acceptable, clusters=self.patient))


def main() -> None:
    pin_to_one_core()
    data = load()
    predictors = predictors_of(data.records)
    model = fitted(predictors, data.acceptable)
    print(machine())
    print(f"\n{len(data.records)} records, {int((~data.acceptable).sum())} unacceptable")
    print("fitted: intercept, unusable, worst, typical =", np.round([*model.intercept_, *model.coef_[0]], 2))
    print("in the code:                                 ", list(WEIGHTS.values()))
    alone = LeadsAlone.of(data)
    model = fitted(alone.predictors, alone.acceptable)
    print("one lead: intercept, unusable, worst =", np.round([*model.intercept_, *model.coef_[0]], 2))
    print("in the code:                          ", list(WEIGHTS_ALONE.values())[:3], "\n")
    print(table(("score", "AUROC", "95 % interval", "method"), [*record_rows(data, predictors), alone.row()]))
    print("\nAUROC of the code's coefficients with other thresholds:", threshold_text(data))
    print(f"\n{milliseconds(data.records):.3f} ms per record (median, one core, to_dict included)")


def load() -> Labelled:
    """Read the records of set A that were judged acceptable or unacceptable; an indeterminate one is left out."""
    folder = real_data() / "cinc2011"
    with (folder / "labels.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["quality"] in ("acceptable", "unacceptable")]
    records = [read(folder / "set-a" / f"{row['record']}.hea", with_sha256=False) for row in rows]
    per_lead = [[float(row[f"unacc_{lead}"] or "nan") for lead in STANDARD_LEADS] for row in rows]
    return Labelled(records, np.array([row["quality"] == "acceptable" for row in rows]), np.array(per_lead))


def predictors_of(records: list[Record]) -> NDArray[np.float64]:
    """Return (record, 3): root of the unusable share, agreement of the worst and of the median lead."""
    measured = [quality(record) for record in records]
    return np.array([[one.unusable_share**0.5, one.agreement, one.typical_agreement] for one in measured])


def fitted(predictors: NDArray[np.float64], acceptable: NDArray[np.bool_]) -> LogisticRegression:
    """Return the logistic regression, all but free of a penalty."""
    return LogisticRegression(C=1e3, max_iter=1000).fit(predictors, acceptable)


def record_rows(data: Labelled, predictors: NDArray[np.float64]) -> list[tuple[str, ...]]:
    """Return the rows of the table that judge whole records."""
    scores = [cross_validated(predictors, data.acceptable, seed=seed) for seed in range(REPEATS)]
    each = [auroc(score, data.acceptable).value for score in scores]
    mean_score = np.mean(scores, axis=0)
    low, high = bootstrap_interval(mean_score, data.acceptable)
    pooled = auroc(mean_score, data.acceptable)
    standing = auroc([quality(record).score for record in data.records], data.acceptable)
    return [
        (f"tenfold, mean of {REPEATS} repeats", f"{np.mean(each):.4f}", f"{min(each):.4f} to {max(each):.4f}", "range"),
        row("tenfold, scores averaged over repeats", pooled),
        ("the same", f"{pooled.value:.4f}", f"{low:.4f} to {high:.4f}", f"bootstrap of {RESAMPLES}"),
        row("as it stands in the code (fitted on these records)", standing),
    ]


def cross_validated(
    predictors: NDArray[np.float64], acceptable: NDArray[np.bool_], *, seed: int
) -> NDArray[np.float64]:
    """Return each record's logit from the nine tenths that it is not in."""
    score = np.empty(acceptable.size)
    folds = StratifiedKFold(10, shuffle=True, random_state=seed)
    for train, test in folds.split(predictors, acceptable):
        score[test] = fitted(predictors[train], acceptable[train]).decision_function(predictors[test])
    return score


def bootstrap_interval(score: NDArray[np.float64], acceptable: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the percentile interval of the AUROC over resampled records."""
    rng = np.random.default_rng(0)
    values = []
    while len(values) < RESAMPLES:
        rows = rng.integers(0, acceptable.size, acceptable.size)
        if 0 < acceptable[rows].sum() < rows.size:
            values.append(auroc(score[rows], acceptable[rows]).value)
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def threshold_text(data: Labelled) -> str:
    """Return the AUROC when a threshold moves: a large change would tell of overfitting."""
    found = []
    for name, value in (
        ("FLAT_MV", 0.015),
        ("FLAT_MV", 0.05),
        ("HUGE_MV", 5.0),
        ("HUGE_MV", 10.0),
        ("NOISE_SHARE", 0.1),
    ):
        with mock.patch.object(quality_features, name, value):
            scores = [quality(record).score for record in data.records]
        found.append(f"{name} = {value}: {auroc(scores, data.acceptable).value:.4f}")
    return ", ".join(found)


def milliseconds(records: list[Record]) -> float:
    """Return the median time of one record."""
    seconds = []
    for record in records:
        started = time.perf_counter()
        quality(record).to_dict()
        seconds.append(time.perf_counter() - started)
    return float(1e3 * np.median(seconds))


def row(name: str, estimate: Estimate) -> tuple[str, ...]:
    """Return one line of the table."""
    return name, f"{estimate.value:.4f}", f"{estimate.low:.4f} to {estimate.high:.4f}", estimate.method


if __name__ == "__main__":
    main()
