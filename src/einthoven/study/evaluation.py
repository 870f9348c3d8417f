"""The evaluation stage: all arms' predictions against the study's protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.predictions import Predictions
from einthoven.study.stage import hash_of

if TYPE_CHECKING:
    from einthoven.study.run import Run

__all__ = ["evaluate_arms"]


def evaluate_arms(run: Run, files: list[Path]) -> Path:
    """Evaluate what isn't evaluated yet; return the folder of the results."""
    protocol = run.settings.evaluation

    def work(folder: Path) -> None:
        progress = run.announce("Evaluating")
        predictions = Predictions.concatenate([Predictions.from_file(file) for file in files])
        evaluate(predictions, protocol, progress=progress).save(folder)

    inputs = {"protocol": protocol.hash, **{f"predictions {index}": hash_of(file) for index, file in enumerate(files)}}
    return run.stage("evaluate", inputs).run_once(work)
