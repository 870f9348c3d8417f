from __future__ import annotations

import numpy as np
import pyarrow as pa

from einthoven.evaluation.predictions import Predictions
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.test_set import fingerprint_of, fingerprints
from fakes.predictions import fake_predictions

EVERY = Protocol()


def test_neither_models_nor_scores_nor_order_change_the_fingerprint():
    """It is of the records and their truth."""
    whole = fake_predictions(patients=12)
    shuffled = Predictions(whole.table.take(np.random.default_rng(0).permutation(len(whole.table))))
    one_model = fake_predictions(patients=12, models=("net",))
    assert fingerprints(whole, EVERY) == fingerprints(shuffled, EVERY) == fingerprints(one_model, EVERY)


def test_another_truth_record_or_outcome_changes_it():
    """One is enough."""
    arguments = {"labels": ["AF"], "record_id": ["a", "b"], "patient_id": ["1", "2"]}

    def of(truth, **changed):
        return fingerprints(Predictions.from_arrays([[0.2], [0.7]], truth, **arguments | changed), EVERY)["test"]["AF"]

    found = [
        of([[0], [1]]),
        of([[1], [1]]),
        of([[0], [np.nan]]),
        of([[0], [1]], record_id=["a", "c"]),
        of([[0], [1]], outcome_id=["x", "y"]),
    ]
    assert len(set(found)) == len(found)
    assert of([[0], [1]], patient_id=["1", "1"]) == found[0]


def test_splits_and_labels_have_their_own_and_names_do_not_count_in_the_whole():
    """Only what the protocol reports is opened."""
    predictions = fake_predictions(patients=12)
    found = fingerprints(predictions, Protocol(splits=("test",), outcomes=("AF", "LBBB")))
    assert {split: sorted(labels) for split, labels in found.items()} == {"test": ["AF", "LBBB"]}
    assert fingerprint_of(found) == fingerprint_of({"test": dict(reversed(found["test"].items()))})


def test_survival_counts_event_and_time():
    """They are the truth."""
    rows = {
        "record_id": ["a", "b"], "split": ["test"] * 2, "model": ["net"] * 2, "seed": [0] * 2, "label": ["death"] * 2,
        "task": ["survival"] * 2, "truth": pa.nulls(2, pa.float64()), "score": [0.2, 0.7], "score_kind": ["risk"] * 2,
        "event": [True, False], "time_to_event_days": [3.0, 9.0],
    }  # fmt: skip
    first = fingerprints(Predictions(pa.table(rows)), EVERY)
    for changed in ({"event": [True, True]}, {"time_to_event_days": [3.0, 8.0]}):
        assert fingerprints(Predictions(pa.table(rows | changed)), EVERY) != first
