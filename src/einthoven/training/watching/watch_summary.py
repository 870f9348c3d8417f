"""``watching.json``: what watching found in a whole run, for the model card and for whoever compares runs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from einthoven.errors import TrainingError
from einthoven.store.durable import durable_file
from einthoven.training.disk_space import explained_when_full
from einthoven.training.energy import Energy
from einthoven.training.watching.alarms import Alarm
from einthoven.training.watching.step_cost import StepCost

__all__ = ["SUMMARY", "loss_note", "read_summary", "summary_of", "write_summary"]

SUMMARY = "watching.json"
TYPE = "einthoven.watching"
VERSION = 1
# lines of the history that say whether a loss fell
_FEWEST_LINES = 20
_FELL_TO = 0.99
_TIMES = ("samples_per_s", "tflop_per_s", "utilisation", "memory_gb", "seconds", "time_left_s")


Lines = Sequence[Mapping[str, str]]


def summary_of(
    history: Lines,
    probes: Lines,
    *,
    alarms: Sequence[Alarm],
    steps: int,
    samples: int,
    running_s: float,
    looks_s: float,
    cost: StepCost,
    energy: Energy,
) -> dict[str, Any]:
    """Return plain values; those under ``machine`` differ from run to run, the others don't.

    Parameters
    ----------
    history, probes : sequence of mapping of column to cell
    alarms : sequence of Alarm
    steps, samples : int
        That were done, and windows learnt from.
    running_s, looks_s : float
        Of training, and of looks at the embeddings.
    cost : StepCost
    energy : Energy
    """
    rate = samples / max(running_s, 1e-9)
    note = loss_note(history)
    return {
        "steps": steps,
        "samples": samples,
        "trained_parameters": cost.trained_parameters,
        "flops_per_sample": cost.flops_per_sample,
        "first_line": _plain(history[:1]),
        "last_line": _plain(history[-1:]),
        "first_look": _plain(probes[:1]),
        "best_look": _plain(sorted(probes, key=_area)[-1:]) if any(_area(line) for line in probes) else {},
        "last_look": _plain(probes[-1:]),
        "alarms": [dataclasses.asdict(alarm) for alarm in alarms],
        "notes": [note] if note else [],
        "machine": {
            "hardware": cost.hardware,
            "processes": cost.processes,
            "precision": cost.precision,
            "training_s": running_s,
            "looks_s": looks_s,
            "samples_per_s": rate,
            "matrix_rate": cost.matrix_rate,
            "utilisation": cost.utilisation(rate),
            "energy": dataclasses.asdict(energy),
        },
    }


def write_summary(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the file whole."""
    path = folder / SUMMARY
    text = json.dumps({"type": TYPE, "version": VERSION, **facts}, indent=1) + "\n"
    with explained_when_full(path), durable_file(path) as file:
        file.write(text.encode())


def read_summary(folder: Path) -> dict[str, Any]:
    """Return what ``write_summary`` wrote; an empty mapping where a run wasn't watched.

    Raises
    ------
    TrainingError
        The file is damaged, of another type or newer than this version.
    """
    path = folder / SUMMARY
    if not path.exists():
        return {}
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise TrainingError(f"{path} is damaged ({error})") from error
    if facts.get("type") != TYPE or not isinstance(facts.get("version"), int) or facts["version"] > VERSION:
        raise TrainingError(
            f"{path} must be of type {TYPE!r}, version {VERSION} or older, got {facts.get('type')!r}, version "
            f"{facts.get('version')}"
        )
    return facts


def loss_note(history: Lines) -> str:
    """Return a sentence where the loss didn't fall by 1 % from the first tenth of the lines to the last, or nothing."""
    losses = np.array([float(line.get("loss") or "nan") for line in history])
    losses = losses[np.isfinite(losses)]
    if losses.size < _FEWEST_LINES:
        return ""
    tenth = losses.size // 10
    first, last = float(losses[:tenth].mean()), float(losses[-tenth:].mean())
    if last <= first - (1 - _FELL_TO) * abs(first):
        return ""
    return (
        f"the loss was {first:.4g} in the first tenth of the steps and {last:.4g} in the last: nothing was learnt, or "
        "the objective moves its own target (jepa); judge by the probes"
    )


def _area(line: Mapping[str, str]) -> float:
    return float(line.get("linear_auroc") or 0)


def _plain(lines: Lines) -> dict[str, float | str]:
    """Return the cells of one line as numbers where they are; times, which differ from run to run, left out."""
    cells = dict(lines[0]) if lines else {}
    return {name: _number(cell) for name, cell in cells.items() if cell and name not in _TIMES}


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
