"""Refit the score of atrial fibrillation on PTB-XL, odd ecg_id, and say how it does on all else.

Prints the weights to write into einthoven.ecg.atrial_fibrillation, and the AUROC of the score as it stands on the ECGs
that the fit did not see: even ecg_id, and the other sources. A patient with both an odd and an even ecg_id is not used
for the fit.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from einthoven.ecg.analysis_signal import analysis_signal
from einthoven.ecg.atrial_fibrillation import WEIGHTS, share_of_large_steps
from einthoven.ecg.beats import find_beats
from einthoven.ecg.delineation import delineate
from einthoven.ecg.record import Record
from einthoven.evaluation.statistics.auroc import auroc
from labelled_ecgs import PTB_XL, STANDARDISED, LabelledEcg, labelled_ecgs
from measuring import machine, table


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    ecgs = [ecg for ecg in labelled_ecgs() if not np.isnan(ecg.truth("AF"))]
    signs = np.array([signs_of(ecg.record) for ecg in ecgs])
    truth = np.array([ecg.truth("AF") for ecg in ecgs])
    fitted_on = np.array(is_fitted_on(ecgs)) & ~np.isnan(signs[:, 0])
    model = LogisticRegression(C=10).fit(signs[fitted_on], truth[fitted_on])
    print(machine(), end="\n\n")
    print(f"fitted on {fitted_on.sum()} ECGs, {int(truth[fitted_on].sum())} of them in atrial fibrillation")
    print(
        f"intercept {model.intercept_[0]:.2f}, large_steps {model.coef_[0, 0]:.2f}, p_likeness {model.coef_[0, 1]:.2f}"
    )
    print(f"in use: {WEIGHTS}", end="\n\n")
    score = WEIGHTS["intercept"] + signs @ [WEIGHTS["large_steps"], WEIGHTS["p_likeness"]]
    unseen = np.array([not (from_ptb_xl(ecg) and int(ecg.record.record_id) % 2) for ecg in ecgs])
    patient = np.array([ecg.patient for ecg in ecgs])
    of_ptb_xl = np.array([from_ptb_xl(ecg) for ecg in ecgs])
    subsets = {"PTB-XL, even ecg_id": unseen & of_ptb_xl, "other sources": unseen & ~of_ptb_xl, "both": unseen}
    rows = [_row(name, score[subset], truth[subset], patient[subset]) for name, subset in subsets.items()]
    print(
        table(("ECGs not fitted on", "AF", "sinus", "AUROC", "95 % interval", "AF found", "sinus taken for AF"), rows)
    )


def signs_of(record: Record) -> tuple[float, float]:
    """Return the share of large steps (NaN with too few intervals) and the likeness of P."""
    analysis = analysis_signal(record)
    beats = find_beats(analysis)
    confidence = delineate(analysis, beats).confidence
    large_steps = share_of_large_steps(beats.rr_ms)
    return np.nan if large_steps is None else large_steps, float(confidence[0, 0]) if len(confidence) else 0.0


def from_ptb_xl(ecg: LabelledEcg) -> bool:
    """Return whether the ECG is a row of PTB-XL, at whichever rate."""
    return ecg.source in {PTB_XL, STANDARDISED}


def is_fitted_on(ecgs: Sequence[LabelledEcg]) -> list[bool]:
    """Return which ECGs may be fitted on: odd, and no even one of the same patient."""
    even = {ecg.patient for ecg in ecgs if from_ptb_xl(ecg) and int(ecg.record.record_id) % 2 == 0}
    elsewhere = {  # PTB-XL as the CinC Challenge 2021 names it
        int(ecg.record.record_id[2:]) for ecg in ecgs if ecg.record.record_id.startswith("HR")
    }
    return [
        from_ptb_xl(ecg)
        and int(ecg.record.record_id) % 2 == 1
        and ecg.patient not in even
        and int(ecg.record.record_id) not in elsewhere
        for ecg in ecgs
    ]


def _row(
    name: str, score: NDArray[np.float64], truth: NDArray[np.float64], patient: NDArray[np.str_]
) -> tuple[str, ...]:
    area = auroc(np.where(np.isnan(score), -np.inf, score), truth, clusters=patient)
    positive = truth == 1
    return (
        name,
        str(positive.sum()),
        str((~positive).sum()),
        f"{area.value:.4f}",
        f"{area.low:.4f} to {area.high:.4f}",
        str((score[positive] > 0).sum()),
        str((score[~positive] > 0).sum()),
    )


if __name__ == "__main__":
    main()
