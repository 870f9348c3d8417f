"""What an arm starts from, found: a pretraining of this study, a checkpoint of another, or published weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from einthoven.cohort.datasets import catalogue
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.checkpoint_file import DESCRIPTION
from einthoven.models.public.catalogue import public_model
from einthoven.models.public.loading import load_public
from einthoven.models.public.public_model import Seen
from einthoven.study.arm_start import is_published, published_preset, start_folder
from einthoven.study.pretraining import pretrained, seed_to_start_from
from einthoven.study.stage import hash_of
from einthoven.training.arm import ArmSettings
from einthoven.training.run_folder import CHECKPOINT

if TYPE_CHECKING:
    from einthoven.study.run import Run

__all__ = ["Before", "Starting", "seen_elsewhere", "starting"]

UNKNOWN_PART = "in another study, whose split isn't known here"


@dataclass(frozen=True, slots=True)
class Starting:
    """Weights to start from.

    Attributes
    ----------
    hash : str
        SHA-256 of what decides them.
    load : callable
        Returns the checkpoint.
    """

    hash: str
    load: Callable[[], Checkpoint]


@dataclass(frozen=True, slots=True)
class Before:
    """What weights had seen before this study.

    Attributes
    ----------
    public : str
        The published model or the folder that they come from.
    seen_in_pretraining : tuple of Seen
    unresolved : tuple of str
        Those of them whose names are another study's own, and say nothing of which ECGs they are.
    """

    public: str
    seen_in_pretraining: tuple[Seen, ...]
    unresolved: tuple[str, ...] = ()


def starting(run: Run, name: str, arm: ArmSettings, seed: int) -> Starting | None:
    """Return what an arm's seed starts from, None for random weights; a pretraining that isn't done yet is done now."""
    if not arm.start:
        return None
    if is_published(arm.start):
        preset = published_preset(arm.start, run.settings.input, place=f"arm.{name}")
        model, weights = public_model(arm.start), Path(arm.weights)
        content = hash_of([arm.start, preset, hash_of(weights)])
        return Starting(content, lambda: load_public(model, weights, preset=preset, encoder_only=True)[0])
    folder = start_folder(arm.start)
    if folder is None:
        seeds = run.settings.pretrain[arm.start].seeds
        folder = pretrained(run, arm.start, seed_to_start_from(seeds, seed)) / CHECKPOINT
    # the description holds the hash of the weights
    return Starting(hash_of(folder / DESCRIPTION), lambda: Checkpoint.load(folder))


def seen_elsewhere(arm: ArmSettings) -> Before:
    """Return what a checkpoint of another study had seen, of whose split nothing is known here.

    A pretraining of this study has seen nothing in this sense: its split keeps those patients out of the test.
    """
    folder = start_folder(arm.start) if arm.start else None
    if folder is None:
        return Before("", ())
    found = json.loads((folder / DESCRIPTION).read_text())
    published = {one["data_set"] for one in found["seen_in_pretraining"]}  # told of by name already
    names = [name for name in found["pretrained_on"] if name not in published]
    unresolved = tuple(name for name in names if name not in {*catalogue(), *found.get("simulated", ())})
    return Before(str(folder), tuple(Seen(name, split=UNKNOWN_PART) for name in names), unresolved)
