"""The evaluation stage: all arms' predictions against the study's protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from einthoven.evaluation.evaluate import evaluate
from einthoven.evaluation.ledger import record_opening
from einthoven.evaluation.openings import with_openings
from einthoven.evaluation.predictions import Predictions
from einthoven.study.stage import hash_of

if TYPE_CHECKING:
    from einthoven.study.run import Run

__all__ = ["evaluate_arms"]


def evaluate_arms(run: Run, files: list[Path]) -> Path:
    """Evaluate what isn't evaluated yet, and count it in the ledger; return the folder of the results."""
    protocol = run.settings.evaluation

    def work(folder: Path) -> None:
        progress = run.announce("Evaluating")
        predictions = Predictions.concatenate([Predictions.from_file(file) for file in files])
        openings = record_opening(run.ledger, predictions, protocol, now=datetime.now(UTC))
        with_openings(evaluate(predictions, protocol, progress=progress), openings).save(folder)

    inputs = {"protocol": protocol.hash, **{f"predictions {index}": hash_of(file) for index, file in enumerate(files)}}
    return run.stage("evaluate", inputs).run_once(work)
