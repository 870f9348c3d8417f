from __future__ import annotations

import numpy as np
import pytest

from einthoven.evaluation.label_scores import LabelScores


def scores(kind):
    three = np.arange(3)
    return LabelScores(
        "net", 0, "test", "AF", "binary", kind, np.array([0.0, 1, 0.5]), np.zeros(3), three, three, three, 0
    )


def test_a_logit_has_a_probability_and_a_value_has_none():
    """Expit of the score; None where it means nothing."""
    assert scores("logit").probability == pytest.approx([0.5, 0.7310586, 0.6224593])
    assert scores("value").probability is None
    assert scores("probability").probability.tolist() == [0.0, 1.0, 0.5]


def test_only_keeps_rows_in_step():
    """All arrays are cut alike."""
    part = scores("value").only(np.array([True, False, True]))
    assert (part.score.tolist(), part.record.tolist(), part.row.tolist()) == ([0.0, 0.5], [0, 2], [0, 2])


def test_statistics_are_told_patients_weights_and_level():
    """By the names of their arguments."""
    one = scores("value")
    assert one.options(0.9) == {"clusters": one.patient, "weights": None, "level": 0.9}
