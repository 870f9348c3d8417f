"""Atrial fibrillation and complete bundle branch blocks told from measurements alone, per source and pooled.

``af_score`` uses nothing but RR and P; its weights were fitted on PTB-XL's odd ``ecg_id``, which are left out here.
``lbbb_score`` and ``rbbb_score`` are published criteria, fitted to nothing. Beside the latter a logistic regression on
a few numbers, cross-validated by patient.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import Mark, delineate
from einthoven.ecg.record import Record
from einthoven.errors import EinthovenError
from einthoven.evaluation.statistics.auroc import auroc
from labelled_ecgs import PTB_XL, STANDARDISED, TARGETS, LabelledEcg, labelled_ecgs
from measured import numbers
from measuring import machine, table

SCORES = {"AF": "af_score", "LBBB": "lbbb_score", "RBBB": "rbbb_score"}
AIMS = {"AF": 0.97, "LBBB": 0.95, "RBBB": 0.95}
FEWEST_POSITIVES = 20
REGRESSED = (
    "qrs_ms",
    *("V1.qrs_terminal_share", "V6.qrs_terminal_share", "I.qrs_terminal_share"),
    *("V1.r_share", "V6.r_share", "V1.r_peak_time_ms", "V6.r_peak_time_ms"),
)
FOLDS = 5
HEADER = ("target", "source", "positives", "others", "score", "AUROC", "95 % interval", "aim")


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    ecgs = labelled_ecgs()
    measured = [numbers(ecg.record) for ecg in ecgs]
    print(machine(), end="\n\n")
    rows = [row for target in TARGETS for row in target_rows(target, ecgs, measured)]
    print(table(HEADER, rows))
    print(f"\nRegression on {', '.join(REGRESSED)}; {FOLDS} folds, each patient in one, missing numbers by the median.")
    print(f"\n{p_text(ecgs)}\n")
    print(
        "AF on ECGs that its weights were not fitted on, against sinus rhythm of any rate; blocks against all other "
        f"ECGs, incomplete blocks included. Below {FEWEST_POSITIVES} positives a figure is reported and is no target. "
        "An ECG without a score counts as the least likely."
    )


def target_rows(
    target: str, ecgs: Sequence[LabelledEcg], measured: Sequence[dict[str, float]]
) -> list[tuple[str, ...]]:
    """Return the lines of one target: each source with a positive, all in millivolts pooled, all pooled."""
    truth = np.array([np.nan if target == "AF" and fitted_on(ecg) else ecg.truth(target) for ecg in ecgs])
    source = np.array([ecg.source for ecg in ecgs])
    patient = np.array([ecg.patient for ecg in ecgs])
    score = np.array([one[SCORES[target]] for one in measured])
    subsets = {name: source == name for name in dict.fromkeys(source.tolist())}
    subsets |= {"all but the standardised": source != STANDARDISED, "all": np.ones(source.size, bool)}
    scores = {SCORES[target]: np.where(np.isnan(score), -1.0, score)}
    if target != "AF":
        table_of_numbers = np.array([[one[name] for name in REGRESSED] for one in measured])
        scores["regression"] = cross_validated(table_of_numbers, truth, patient)
    return [
        _row(target, name, scorer, score=values[subset], truth=truth[subset], patient=patient[subset])
        for name, among in subsets.items()
        for scorer, values in scores.items()
        if 0 < truth[subset := among & ~np.isnan(truth)].sum() < subset.sum()
    ]


def fitted_on(ecg: LabelledEcg) -> bool:
    """Return whether ``atrial_fibrillation_weights.py`` saw the ECG, or may have seen its patient."""
    return ecg.source in {PTB_XL, STANDARDISED} and int(ecg.record.record_id) % 2 == 1


def p_text(ecgs: Sequence[LabelledEcg]) -> str:
    """Return the P waves per beat that are found where there are none, and where each beat has one."""
    rows = []
    for name, source in {"PTB-XL and others, mV": False, STANDARDISED: True}.items():
        for rhythm, truth in (("atrial fibrillation", 1), ("sinus rhythm", 0)):
            of = [ecg for ecg in ecgs if (ecg.source == STANDARDISED) == source and ecg.truth("AF") == truth]
            shares = np.array([p_per_beat(ecg.record) for ecg in of])
            worst = [of[k].record.record_id for k in np.argsort(shares if truth == 0 else -shares)[:6]]
            rows.append((name, rhythm, str(len(of)), f"{shares.mean():.3f}", ", ".join(worst)))
    head = ("source", "labelled", "ECGs", "P waves per beat", "worst")
    return f"P waves that were found, per beat:\n\n{table(head, rows)}"


def p_per_beat(record: Record) -> float:
    """Return the P waves per beat, in the lead that has most of them; 0 without a beat."""
    analysis = analysis_signal(record)
    delineation = delineate(analysis, find_beats(analysis))
    beats = np.isfinite(delineation.beat_marks[:, :, Mark.P_PEAK])
    return float(beats.mean(axis=0).max()) if beats.size else 0.0


def cross_validated(
    table_of_numbers: NDArray[np.float64], truth: NDArray[np.float64], patient: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Return each ECG's logit from a regression on the patients of the other folds; NaN without truth."""
    known = np.flatnonzero(~np.isnan(truth))
    logit = np.full(truth.size, np.nan)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(known, truth[known], groups=patient[known]):
        model = _regression().fit(table_of_numbers[known[train]], truth[known[train]])
        logit[known[test]] = model.decision_function(table_of_numbers[known[test]])
    return logit


def _regression() -> Pipeline:
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000))


def _row(
    target: str,
    source: str,
    scorer: str,
    *,
    score: NDArray[np.float64],
    truth: NDArray[np.float64],
    patient: NDArray[np.str_],
) -> tuple[str, ...]:
    n = int(truth.sum())
    aim = f">= {AIMS[target]}" if n >= FEWEST_POSITIVES else "reported, no target"
    try:
        area = auroc(score, truth, clusters=patient)
    except EinthovenError as error:
        return target, source, str(n), str(truth.size - n), scorer, str(error), "", aim
    interval = f"{area.low:.4f} to {area.high:.4f}"
    return target, source, str(n), str(truth.size - n), scorer, f"{area.value:.4f}", interval, aim


if __name__ == "__main__":
    main()
