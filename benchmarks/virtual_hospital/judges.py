"""Real against simulated ECGs: how well can trees on measurements and a network on median beats tell them apart?

Each real ECG has a simulated twin of the same diagnosis, age, sex and rate; both pass one ``prepare``. Judges are
trained on half of the patients, a twin beside its real ECG, and tested on the other half. A judge counts only when it
can tell real ECGs from the same ECGs with white noise added.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from alike import alike, median_beat
from measured_table import MeasuredTable, numbers_of
from network_judge import network_judge_scores
from numpy.typing import NDArray
from real_ecgs import RealEcg, real_ecgs
from shared import machine, table
from sklearn.metrics import roc_auc_score
from tree_judge import family_areas, giveaways, single_giveaways, tree_judge
from twins import measured_reals, twins

from einthoven.ecg.measurements import measured_waves
from einthoven.ecg.record import Record

TARGETS = {"trees on measurements": 0.75, "xresnet1d on median beats": 0.90}
VALID_FROM = 0.99
NOISE_UV = (2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0)
SHOWN = 25


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Real or simulated ECGs as the judges see them, one per real ECG and in its order."""

    measured: MeasuredTable
    beats: NDArray[np.float32]
    raw: NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", nargs="+", default=["ptb_xl"], choices=["ptb_xl", "ludb"])
    parser.add_argument("--splits", type=int, default=5, help="each with other halves and other twins")
    parser.add_argument("--network-splits", type=int, default=2, help="of these, how many the network judges")
    parser.add_argument("--quick", action="store_true", help="two splits, the network once, nothing on validity")
    parser.add_argument("--raw", action="store_true", help="the network on raw signals too: slow, reported only")
    parser.add_argument("--validity-alone", action="store_true", help="judge real ECGs against themselves with noise")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    splits, network_splits = (
        (2, min(1, arguments.network_splits)) if arguments.quick else (arguments.splits, arguments.network_splits)
    )
    ecgs = real_ecgs(tuple(arguments.sources))
    print(machine(), end="\n\n")
    if not arguments.validity_alone:
        print(judged_text(ecgs, splits=splits, network_splits=network_splits, raw=arguments.raw))
    if not arguments.quick:
        print(f"\n{validity_text(ecgs, splits=splits)}")


def judged_text(ecgs: Sequence[RealEcg], *, splits: int, network_splits: int, raw: bool) -> str:
    """Return AUROC of each judge over the splits, and what gave the simulated ECGs away."""
    patients = [ecg.patient for ecg in ecgs]
    measured = measured_reals(ecgs)
    real = side_of([alike(ecg.record) for ecg in ecgs])
    names = real.measured.names
    areas: dict[str, list[float]] = {name: [] for name in (*TARGETS, "xresnet1d on raw signals (no target)")}
    falls: dict[str, list[float]] = {}
    singles: dict[str, list[float]] = {}
    for split in range(splits):
        simulated = side_of([alike(twin.record) for twin in twins(ecgs, measured, first=split)])
        train = half_of(patients, seed=split)
        values, truth, in_train = stacked(real.measured.values, simulated.measured.values, train)
        values = without_empty(values, in_train)
        judge = tree_judge(values[in_train], truth[in_train], seed=split)
        score = judge.predict_proba(values[~in_train])[:, 1]
        areas["trees on measurements"].append(roc_auc_score(truth[~in_train], score))
        random = np.random.default_rng(split)
        told = giveaways(judge, values[~in_train], truth[~in_train], names=names, random=random)
        for name, fall in told.items():
            falls.setdefault(name, []).append(fall)
        if split == 0:
            alone = family_areas(values, truth, in_train, names=names, seed=split)
        for name, area in single_giveaways(values, truth, names=names).items():
            singles.setdefault(name, []).append(area)
        if split < network_splits:
            area = network_area(real.beats, simulated.beats, train, seed=split)
            areas["xresnet1d on median beats"].append(area)
        if raw and split == 0:
            area = network_area(real.raw, simulated.raw, train, seed=split)
            areas["xresnet1d on raw signals (no target)"].append(area)
    return f"{areas_table(areas)}\n\n{_giveaways_text(falls, alone, singles)}"


def side_of(records: Sequence[Record]) -> Side:
    """Return records as judges see them; they have passed ``alike``."""
    waves = [measured_waves(record) for record in records]
    rows = [numbers_of(one.measurements) for one in waves]
    measured = MeasuredTable(tuple(rows[0]), np.array([list(row.values()) for row in rows]))
    beats = np.stack([median_beat(one) for one in waves])
    return Side(measured, beats, np.stack([record.signal for record in records]))


def half_of(patients: Sequence[str], *, seed: int) -> NDArray[np.bool_]:
    """Return which ECGs belong to the training half; all of a patient on one side."""
    names = np.unique(patients)
    chosen = np.random.default_rng(seed).permutation(names)[: names.size // 2]
    return np.isin(patients, chosen)


def stacked(
    real: NDArray[np.floating], simulated: NDArray[np.floating], train: NDArray[np.bool_]
) -> tuple[NDArray[np.floating], NDArray[np.int64], NDArray[np.bool_]]:
    """Return real ECGs over simulated ones, 0 or 1 for each, and which are in the training half."""
    truth = np.repeat([0, 1], [len(real), len(simulated)])
    return np.concatenate([real, simulated]), truth, np.concatenate([train, train])


def without_empty(values: NDArray[np.floating], in_train: NDArray[np.bool_]) -> NDArray[np.floating]:
    """Return values with zeros in the columns of which the training half has none: trees refuse those."""
    return np.where(np.isnan(values[in_train]).all(axis=0), 0.0, values)


def network_area(
    real: NDArray[np.float32], simulated: NDArray[np.float32], train: NDArray[np.bool_], *, seed: int
) -> float:
    """Return the network's AUROC on the half that it was not trained on."""
    signal, truth, in_train = stacked(real, simulated, train)
    score = network_judge_scores(signal[in_train], truth[in_train], signal[~in_train], seed=seed)
    return float(roc_auc_score(truth[~in_train], score))


def areas_table(areas: dict[str, list[float]]) -> str:
    """Return mean and range of each judge's AUROC."""
    rows = [
        (
            name,
            f"{np.mean(values):.3f}",
            f"{min(values):.3f} to {max(values):.3f}",
            str(len(values)),
            f"< {TARGETS[name]:.2f}" if name in TARGETS else "",
        )
        for name, values in areas.items()
        if values
    ]
    return table(("judge", "AUROC", "range", "splits", "target"), rows)


def validity_text(ecgs: Sequence[RealEcg], *, splits: int) -> str:
    """Return each judge's AUROC at telling real ECGs from themselves with more and more white noise."""
    patients = [ecg.patient for ecg in ecgs]
    real = side_of([alike(ecg.record) for ecg in ecgs])
    rows = []
    valid: set[str] = set()
    for noise_uv in NOISE_UV:
        random = np.random.default_rng(round(100 * noise_uv))
        noisy = side_of([alike(ecg.record, white_noise_mv=noise_uv / 1e3, random=random) for ecg in ecgs])
        areas: dict[str, list[float]] = {name: [] for name in TARGETS if name not in valid}
        for split in range(splits):
            train = half_of(patients, seed=split)
            values, truth, in_train = stacked(real.measured.values, noisy.measured.values, train)
            if "trees on measurements" in areas:
                values = without_empty(values, in_train)
                score = tree_judge(values[in_train], truth[in_train], seed=split).predict_proba(values[~in_train])[:, 1]
                areas["trees on measurements"].append(roc_auc_score(truth[~in_train], score))
            if "xresnet1d on median beats" in areas and split == 0:
                areas["xresnet1d on median beats"].append(network_area(real.beats, noisy.beats, train, seed=split))
        valid |= {name for name, values in areas.items() if np.mean(values) >= VALID_FROM}
        rows.append((f"{noise_uv:g}", *(f"{np.mean(areas[name]):.3f}" if name in areas else "" for name in TARGETS)))
        if valid == set(TARGETS):
            break
    head = ("white noise, SD in uV", *(f"{name}, AUROC" for name in TARGETS))
    how = f"Noise on the eight stored leads at 500 Hz, before `prepare`; an AUROC of {VALID_FROM} or more counts."
    return f"{table(head, rows)}\n\n{how}"


def _giveaways_text(falls: dict[str, list[float]], alone: dict[str, float], singles: dict[str, list[float]]) -> str:
    """Return what gives the simulated ECGs away: what the trees need, what suffices, what differs by itself."""
    by_fall = sorted(falls, key=lambda name: -np.mean(falls[name]))[:SHOWN]
    by_area = sorted(singles, key=lambda name: -abs(np.mean(singles[name]) - 0.5))[:SHOWN]
    rows = [
        (fall, f"{np.mean(falls[fall]):.4f}", seen, f"{alone[seen]:.3f}", single, f"{np.mean(singles[single]):.3f}")
        for fall, seen, single in zip(by_fall, list(alone)[:SHOWN], by_area, strict=False)
    ]
    head = ("permuted", "AUROC falls by", "trees that see this alone", "AUROC", "number", "its AUROC (0 or 1: differs)")
    return table(head, rows)


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - started:.0f} s.")
