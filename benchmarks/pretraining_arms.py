"""Many small fine-tunings side by side: each arm, size and draw, first to choose recipes, then those that count.

Recipes are chosen on validation: the validation patients and those training patients that the draw did not label. Test
scores are kept in files, and nothing here looks at them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.network import Network
from einthoven.store.store import Store
from einthoven.training.selection import macro_auroc
from pretraining_ecgs import ARRAYS, SUPERCLASSES
from pretraining_fine_tuning import Answers, Recipe, fine_tune, scored
from pretraining_settings import (
    ARMS,
    ENCODERS,
    RECIPES,
    SIZES,
    TUNING_DRAWS,
    TUNING_SIZES,
    Arm,
)

__all__ = ["Arrays", "choose_recipes", "chosen_recipes", "fine_tune_all", "keep_arrays", "read_arrays", "result_path"]

DRAW_SEED, TUNING_SEED = 20, 21
"""Draws that count, and those that recipes are chosen on."""
FEWEST = 10
"""Of each class, below which a label of the validation ECGs has no area."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """The labelled ECGs: ``signal`` float16 (ecg, lead, sample), ``truth`` float32 (ecg, label), and whose they are."""

    signal: NDArray[np.float16]
    truth: NDArray[np.float32]
    patient: NDArray[np.str_]
    split: NDArray[np.str_]

    def labelled(self, seed: int, draw: int) -> NDArray[np.int64]:
        """Return the training ECGs in the order in which a draw labels them: its first 64 are among its first 128."""
        generator = np.random.default_rng(np.random.SeedSequence([seed, draw]))
        return generator.permutation(np.flatnonzero(self.split == "train"))

    def validation(self, labelled: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the validation ECGs, and the training ECGs that no size of this draw labels."""
        return np.concatenate([np.flatnonzero(self.split == "validation"), labelled[max(SIZES) :]])


@dataclass(frozen=True, slots=True)
class Job:
    """One fine-tuning; ``draw`` is of ``seed``."""

    arm: str
    size: int
    draw: int
    seed: int
    recipe: Recipe
    run: Path

    @property
    def path(self) -> Path:
        """Where its scores lie."""
        facts = [dataclasses.asdict(self.recipe), _weights(self.run, ARMS[self.arm])]
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:10]
        kind = "tuning" if self.seed == TUNING_SEED else "fine_tuned"
        return self.run / kind / self.arm / str(self.size) / f"{self.draw}_{digest}.npz"


def keep_arrays(store: Store, table: pl.DataFrame, path: Path) -> None:
    """Write the labelled ECGs as networks see them: each lead z-scored over the record."""
    if path.is_file():
        return
    arrays = table.filter(pl.col("source") == ARRAYS)
    steps = store.read(store.rows(arrays["record_id"].to_list())).astype(np.float32)
    scores = (steps - steps.mean(axis=2, keepdims=True)) / np.maximum(steps.std(axis=2, keepdims=True), 1e-6)
    truth = arrays.select(f"y.{name}" for name in SUPERCLASSES).to_numpy().astype(np.float32)
    columns = {name: arrays[f"{name}_id" if name == "patient" else name].to_numpy().astype(str) for name in _COLUMNS}
    np.savez(path, signal=np.clip(scores, -20, 20).astype(np.float16), truth=truth, **columns)


_COLUMNS = ("patient", "split")


@cache
def read_arrays(path: Path) -> Arrays:
    """Return what ``keep_arrays`` wrote."""
    stored = np.load(path)
    return Arrays(*(stored[name] for name in ("signal", "truth", *_COLUMNS)))


def choose_recipes(run: Path, arms: list[str], *, processes: int) -> None:
    """Fine-tune with every candidate at the tuning sizes, and write for each arm and size the best on validation."""
    jobs = [
        Job(arm, size, draw, TUNING_SEED, _fitted(recipe, arm), run)
        for arm in arms
        for size in sorted(set(TUNING_SIZES.values()))
        for recipe in _candidates(arm)
        for draw in range(TUNING_DRAWS)
    ]
    _done(jobs, processes=processes)
    chosen = json.loads(_chosen_path(run).read_text()) if _chosen_path(run).is_file() else {}
    for arm in arms:
        for size in set(TUNING_SIZES.values()):
            areas = [
                float(np.mean([validation_area(job) for job in jobs if _is(job, arm, size, _fitted(recipe, arm))]))
                for recipe in _candidates(arm)
            ]
            chosen[f"{arm}/{size}"] = {"recipe": int(np.argmax(areas)), "validation": areas}
    _chosen_path(run).write_text(json.dumps(chosen, indent=1))


def chosen_recipes(run: Path, arm: str) -> dict[int, tuple[Recipe, float]]:
    """Return the recipe of each size, with the area on validation that it was chosen for."""
    chosen = json.loads(_chosen_path(run).read_text())
    found = {}
    for size in SIZES:
        of = chosen[f"{arm}/{TUNING_SIZES[size]}"]
        found[size] = (_fitted(_candidates(arm)[of["recipe"]], arm), of["validation"][of["recipe"]])
    return found


def fine_tune_all(run: Path, arms: list[str], *, draws: int, processes: int) -> None:
    """Fine-tune each arm at each size on each draw of labels, with the recipe that was chosen."""
    _done(list(_counting_jobs(run, arms, draws=draws)), processes=processes)


def result_path(run: Path, arm: str, size: int, draw: int) -> Path:
    """Return where the scores of a draw lie."""
    return Job(arm, size, draw, DRAW_SEED, chosen_recipes(run, arm)[size][0], run).path


def validation_area(job: Job) -> float:
    """Return the macro AUROC on the validation ECGs of a draw."""
    arrays, scores = read_arrays(_arrays_path(job.run)), np.load(job.path)["scores"]
    rows = arrays.validation(arrays.labelled(job.seed, job.draw))
    truth = arrays.truth[rows]
    enough = np.minimum(truth.sum(axis=0), (1 - truth).sum(axis=0)) >= FEWEST
    return macro_auroc(scores[rows][:, enough], truth[:, enough])


def _counting_jobs(run: Path, arms: list[str], *, draws: int) -> Iterator[Job]:
    for draw in range(draws):  # all arms and sizes of a draw first, so that an early look compares like with like
        for arm in arms:
            for size, (recipe, _) in chosen_recipes(run, arm).items():
                yield Job(arm, size, draw, DRAW_SEED, recipe, run)


def _done(jobs: list[Job], *, processes: int) -> None:
    """Do the jobs that have no result yet."""
    waiting = [job for job in jobs if not job.path.is_file()]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for count, job in enumerate(pool.map(_do, waiting), start=1):
            if count % 20 == 0 or count == len(waiting):
                print(f"{count:,} of {len(waiting):,} fine-tunings, last {job.arm} at {job.size}", flush=True)


def _do(job: Job) -> Job:
    torch.set_num_threads(1)
    arrays = read_arrays(_arrays_path(job.run))
    rows = arrays.labelled(job.seed, job.draw)[: job.size]
    torch.manual_seed(job.draw)
    network, answers = _network(ARMS[job.arm], job.recipe, job.run)
    fine_tune(network, arrays.signal[rows], arrays.truth[rows], job.recipe, seed=job.draw, answers=answers)
    job.path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = job.path.with_suffix(".unfinished.npz")
    np.savez(unfinished, scores=scored(network, arrays.signal).astype(np.float32))
    unfinished.replace(job.path)
    return job


def _network(arm: Arm, recipe: Recipe, run: Path) -> tuple[Network, Answers | None]:
    encoder = ENCODERS[arm.encoder]
    network = build(
        encoder.architecture, n_leads=12, n_labels=len(SUPERCLASSES), head=recipe.head, **dict(encoder.settings)
    )
    if not arm.pretraining:
        return network, None
    checkpoint = _checkpoint(run / "pretrained" / arm.pretraining / "checkpoint")
    pretrained = checkpoint.network()
    network.encoder.load_state_dict(pretrained.encoder.state_dict())
    if not set(SUPERCLASSES) <= set(checkpoint.labels):
        return network, None
    linear = pretrained.head.linear
    assert isinstance(linear, torch.nn.Linear)
    rows = [checkpoint.labels.index(name) for name in SUPERCLASSES]
    return network, Answers(linear.weight.detach().double().numpy()[rows])


@cache
def _weights(run: Path, arm: Arm) -> str:
    """Return a hash of what an arm starts from: results of other weights aren't taken for its own."""
    encoder = ENCODERS[arm.encoder]
    if not arm.pretraining:
        return json.dumps([encoder.architecture, dict(encoder.settings)])
    folder = run / "pretrained" / arm.pretraining / "checkpoint"
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.iterdir()))).hexdigest()


@cache
def _checkpoint(folder: Path) -> Checkpoint:
    return Checkpoint.load(folder)


def _candidates(arm: str) -> tuple[Recipe, ...]:
    return RECIPES["pretrained" if ARMS[arm].pretraining else "scratch"]


def _fitted(recipe: Recipe, arm: str) -> Recipe:
    return dataclasses.replace(recipe, window=ENCODERS[ARMS[arm].encoder].window)


def _is(job: Job, arm: str, size: int, recipe: Recipe) -> bool:
    return (job.arm, job.size, job.recipe) == (arm, size, recipe)


def _arrays_path(run: Path) -> Path:
    return run / "arrays.npz"


def _chosen_path(run: Path) -> Path:
    return run / "recipes.json"
