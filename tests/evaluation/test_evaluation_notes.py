from __future__ import annotations

import pyarrow as pa

from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.evaluation_notes import evaluation_notes
from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol


def notes(**changes):
    columns = {
        "record_id": ["a", "b", "a", "b", "c", "c"],
        "split": ["test"] * 6,
        "model": ["net"] * 4 + ["age", "old"],
        "seed": [1, 1, 2, 2, 0, 0],
        "label": ["AF"] * 4 + ["years", "AF"],
        "task": ["binary"] * 4 + ["regression", "binary"],
        "truth": [0.0, 1, 0, 1, 63, 1],
        "score": [0.1, 0.8, 0.2, 0.7, 60, 0.5],
        "score_kind": ["probability"] * 4 + ["value", "probability"],
    }
    predictions = Predictions(pa.table(columns | changes))
    return " ".join(evaluation_notes(context_for(predictions, Protocol())))


def test_seeds_without_ensemble_are_told():
    """A reader of the numbers learns which seed was compared."""
    text = notes()
    assert "net has 2 seeds and no ensemble (seed -1); it is compared by its seed 1" in text
    assert "There is no split 'validation'" in text
