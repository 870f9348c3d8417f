"""Real against simulated ECGs: how well can trees on measurements and a network on median beats tell them apart?

Each real ECG has a simulated twin of the same diagnosis, age, sex and rate; both pass one ``prepare``. Judges are
trained on half of the patients, a twin beside its real ECG, and tested on the other half. A judge counts only when it
can tell real ECGs from the same ECGs with white noise added.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from alike import alike
from findings import group_names
from network_judge import network_judge_scores
from real_ecgs import RealEcg, real_ecgs
from shared import machine, table
from sides import Halves, Side, half_of, halves, side_of
from sklearn.metrics import roc_auc_score
from tree_judge import family_areas, giveaways, single_giveaways, tree_judge
from twins import measured_reals, twins

TREES, BEATS, RAW = "trees on measurements", "xresnet1d on median beats", "xresnet1d on raw signals"
TARGETS = {TREES: "< 0.75", BEATS: "< 0.90", RAW: "reported only"}
VALID_FROM = 0.99
NOISE_UV = (2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0)
SHOWN = 25


@dataclass(slots=True)
class Verdicts:
    """What the judges found, split by split.

    Attributes
    ----------
    areas : dict of str to list of float
        AUROC of each judge.
    falls, singles : dict of str to list of float
        See ``giveaways`` and ``single_giveaways``.
    alone : dict of str to float
        See ``family_areas``; of the first split.
    """

    areas: dict[str, list[float]] = field(default_factory=dict)
    falls: dict[str, list[float]] = field(default_factory=dict)
    singles: dict[str, list[float]] = field(default_factory=dict)
    alone: dict[str, float] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", nargs="+", default=["ptb_xl"], choices=["ptb_xl", "ludb"])
    parser.add_argument("--group", choices=group_names(), help="of this group alone; all by default")
    parser.add_argument("--splits", type=int, default=5, help="each with other halves and other twins")
    parser.add_argument("--network-splits", type=int, default=2, help="of these, how many the network judges")
    parser.add_argument("--quick", action="store_true", help="two splits, the network once, nothing on validity")
    parser.add_argument("--raw", action="store_true", help="the network on raw signals too: slow, reported only")
    parser.add_argument(
        "--without-half",
        type=int,
        metavar="SEED",
        help="only patients that `estimate_surface.py --half SEED` didn't see",
    )
    parser.add_argument("--validity-alone", action="store_true", help="judge real ECGs against themselves with noise")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    splits = 2 if arguments.quick else arguments.splits
    network_splits = min(1 if arguments.quick else splits, arguments.network_splits)
    ecgs = [ecg for ecg in real_ecgs(tuple(arguments.sources)) if arguments.group in {None, *ecg.groups}]
    if arguments.without_half is not None:
        seen = half_of([ecg.patient for ecg in ecgs], seed=arguments.without_half)
        ecgs = [ecg for ecg, was_seen in zip(ecgs, seen, strict=True) if not was_seen]
    print(machine(), end="\n\n")
    if not arguments.validity_alone:
        print(verdicts_text(judged(ecgs, splits=splits, network_splits=network_splits, raw=arguments.raw)))
    if not arguments.quick:
        print(f"\n{validity_text(ecgs, splits=splits)}")


def judged(ecgs: Sequence[RealEcg], *, splits: int, network_splits: int, raw: bool) -> Verdicts:
    """Let the judges tell real ECGs from their twins, which are others in each split."""
    patients = [ecg.patient for ecg in ecgs]
    measured = measured_reals(ecgs)
    real = side_of([alike(ecg.record) for ecg in ecgs])
    verdicts = Verdicts()
    for split in range(splits):
        simulated = side_of([alike(twin.record) for twin in twins(ecgs, measured, first=split)])
        train = half_of(patients, seed=split)
        table_halves = halves(real.measured.values, simulated.measured.values, train)
        _judge_with_trees(verdicts, table_halves, names=real.measured.names, seed=split)
        if split < network_splits:
            area = network_area(halves(real.beats, simulated.beats, train), seed=split)
            verdicts.areas.setdefault(BEATS, []).append(area)
        if raw and split == 0:
            verdicts.areas[RAW] = [network_area(halves(real.raw, simulated.raw, train), seed=split)]
    return verdicts


def _judge_with_trees(verdicts: Verdicts, of: Halves, *, names: Sequence[str], seed: int) -> None:
    test = ~of.in_train
    judge = tree_judge(of.values[of.in_train], of.simulated[of.in_train], seed=seed)
    area = roc_auc_score(of.simulated[test], judge.predict_proba(of.values[test])[:, 1])
    verdicts.areas.setdefault(TREES, []).append(float(area))
    random = np.random.default_rng(seed)
    told = giveaways(judge, of.values[test], of.simulated[test], names=names, random=random)
    for name, fall in told.items():
        verdicts.falls.setdefault(name, []).append(fall)
    for name, single in single_giveaways(of.values, of.simulated, names=names).items():
        verdicts.singles.setdefault(name, []).append(single)
    if seed == 0:
        verdicts.alone = family_areas(of.values, of.simulated, of.in_train, names=names, seed=seed)


def tree_area(of: Halves, *, seed: int) -> float:
    """Return the trees' AUROC on the half that they were not trained on."""
    judge = tree_judge(of.values[of.in_train], of.simulated[of.in_train], seed=seed)
    return float(roc_auc_score(of.simulated[~of.in_train], judge.predict_proba(of.values[~of.in_train])[:, 1]))


def network_area(of: Halves, *, seed: int) -> float:
    """Return the network's AUROC on the half that it was not trained on."""
    train, test = of.values[of.in_train], of.values[~of.in_train]
    score = network_judge_scores(train, of.simulated[of.in_train], test, seed=seed)
    return float(roc_auc_score(of.simulated[~of.in_train], score))


def verdicts_text(verdicts: Verdicts) -> str:
    """Return mean and range of each judge's AUROC, and what gives the simulated ECGs away.

    That is: what the trees need (permuted), what suffices (trees that see it alone), what differs by itself.
    """
    areas = [
        (name, f"{np.mean(found):.3f}", f"{min(found):.3f} to {max(found):.3f}", str(len(found)), TARGETS[name])
        for name, found in verdicts.areas.items()
    ]
    falls = {name: float(np.mean(found)) for name, found in verdicts.falls.items()}
    singles = {name: float(np.mean(found)) for name, found in verdicts.singles.items()}
    by_fall = sorted(falls, key=lambda name: -falls[name])[:SHOWN]
    by_area = sorted(singles, key=lambda name: -abs(singles[name] - 0.5))[:SHOWN]
    rows = [
        (fall, f"{falls[fall]:.4f}", seen, f"{verdicts.alone[seen]:.3f}", single, f"{singles[single]:.3f}")
        for fall, seen, single in zip(by_fall, list(verdicts.alone)[:SHOWN], by_area, strict=False)
    ]
    head = ("permuted", "AUROC falls by", "trees that see this alone", "AUROC", "number", "its AUROC (0 or 1: differs)")
    return f"{table(('judge', 'AUROC', 'range', 'splits', 'target'), areas)}\n\n{table(head, rows)}"


def validity_text(ecgs: Sequence[RealEcg], *, splits: int) -> str:
    """Return each judge's AUROC at telling real ECGs from themselves with more and more white noise."""
    patients = [ecg.patient for ecg in ecgs]
    real = side_of([alike(ecg.record) for ecg in ecgs])
    rows = []
    reached: set[str] = set()
    for noise_uv in NOISE_UV:
        areas = _areas_with_noise(ecgs, real, patients, noise_uv=noise_uv, splits=splits, without=reached)
        reached |= {name for name, area in areas.items() if area >= VALID_FROM}
        rows.append((f"{noise_uv:g}", *(f"{areas[name]:.3f}" if name in areas else "" for name in (TREES, BEATS))))
        if reached == {TREES, BEATS}:
            break
    head = ("white noise, SD in uV", f"{TREES}, AUROC", f"{BEATS}, AUROC")
    how = f"Noise on the eight stored leads at 500 Hz, before `prepare`; an AUROC of {VALID_FROM} or more counts."
    return f"{table(head, rows)}\n\n{how}"


def _areas_with_noise(
    ecgs: Sequence[RealEcg], real: Side, patients: Sequence[str], *, noise_uv: float, splits: int, without: set[str]
) -> dict[str, float]:
    random = np.random.default_rng(round(100 * noise_uv))
    noisy = side_of([alike(ecg.record, white_noise_mv=noise_uv / 1e3, random=random) for ecg in ecgs])
    areas = {}
    trains = [half_of(patients, seed=split) for split in range(splits)]
    if TREES not in without:
        of = [halves(real.measured.values, noisy.measured.values, train) for train in trains]
        areas[TREES] = float(np.mean([tree_area(one, seed=split) for split, one in enumerate(of)]))
    if BEATS not in without:
        areas[BEATS] = network_area(halves(real.beats, noisy.beats, trains[0]), seed=0)
    return areas


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - started:.0f} s.")
