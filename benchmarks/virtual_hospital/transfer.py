"""A network that learnt from simulated ECGs alone, tested on real ones: does the physiology carry over?

Tuned by ``ptb_xl`` and ``ludb`` alone. ``--final-test`` scores the sets that nothing was tuned by; it is run once.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from broad_states import LABELS
from numpy.typing import NDArray
from plain_training import Schedule
from real_ecgs import real_ecgs
from shared import RUNS, machine, table
from transfer_data import Ecgs, ecgs_of, simulated_ecgs
from transfer_network import SCHEDULE, scored, trained
from transfer_truth import final_sets, tuning_truth

from einthoven.errors import EinthovenError
from einthoven.evaluation.statistics.auroc import auroc

TARGETS = {"AF": 0.97, "LBBB": 0.95, "RBBB": 0.95, "MI": 0.80, "LVH": 0.80}
FEWEST_POSITIVES = 20
HEADER = ("set", "label", "positives", "others", "AUROC (95 % interval)", "target")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=16000, help="simulated ECGs to learn from")
    parser.add_argument("--epochs", type=int, default=SCHEDULE.epochs)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="networks whose logits are averaged")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--work", type=Path, default=RUNS / "transfer", help="keeps simulated ECGs")
    parser.add_argument("--quick", action="store_true", help="5,000 ECGs, 8 epochs: some minutes, for tuning")
    parser.add_argument("--final-test", action="store_true", help="score the sets that were never tuned by; once")
    arguments = parser.parse_args()
    torch.set_num_threads(1 if arguments.quick else arguments.processes)
    count, epochs = (5000, 8) if arguments.quick else (arguments.count, arguments.epochs)
    learnt_from = simulated_ecgs(count, seed=2026, folder=arguments.work, processes=arguments.processes)
    schedule = Schedule(epochs, SCHEDULE.batch, SCHEDULE.learning_rate, SCHEDULE.weight_decay)
    held_out = simulated_ecgs(600, seed=2027, folder=arguments.work, processes=arguments.processes)
    models = [trained(learnt_from, seed=seed, schedule=schedule, log=True) for seed in arguments.seeds]
    print(machine(), end="\n\n")
    rows = rows_of("simulated, held out", held_out, _mean([scored(model, held_out) for model in models]))
    for name, ecgs in _sets(final=arguments.final_test).items():
        in_mv = bool(np.isfinite(ecgs.log_scale).all())
        rows += rows_of(name, ecgs, _mean([scored(model, ecgs) for model in models]), in_mv=in_mv)
        if in_mv:
            shapes = _mean([scored(model, ecgs, with_scale=False) for model in models])
            rows += rows_of(f"{name}, shape alone", ecgs, shapes, in_mv=False)
    print(table(HEADER, rows))
    print(f"\n{count:,} simulated ECGs, {epochs} epochs, {len(models)} networks. Intervals: DeLong, by patient.")


def rows_of(name: str, ecgs: Ecgs, scores: NDArray[np.float64], *, in_mv: bool = True) -> list[tuple[str, ...]]:
    """Return a line per label: one against all other ECGs of which the truth is known."""
    rows = []
    for place, label in enumerate(LABELS):
        if label == "LVH" and not in_mv:
            continue
        known = ~np.isnan(ecgs.truth[:, place])
        truth = ecgs.truth[known, place]
        n = int(truth.sum())
        target = f">= {TARGETS[label]:.2f}" if n >= FEWEST_POSITIVES else "reported, no target"
        try:
            area = auroc(scores[known, place], truth, clusters=ecgs.patient[known])
            text = f"{area.value:.3f} ({area.low:.3f} to {area.high:.3f})"
        except EinthovenError as error:
            text = str(error)
        rows.append((name, label, str(n), str(truth.size - n), text, target))
    return rows


def _sets(*, final: bool) -> dict[str, Ecgs]:
    tuned = real_ecgs()
    sets = {}
    for source in ("ptb_xl", "ludb"):
        of = [ecg for ecg in tuned if ecg.source == source]
        sets[source] = ecgs_of([ecg.record for ecg in of], tuning_truth(of), [ecg.patient for ecg in of])
    return sets | final_sets(tuned) if final else sets


def _mean(scores: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.mean(scores, axis=0)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - started:.0f} s.")
