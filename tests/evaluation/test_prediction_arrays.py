from __future__ import annotations

import numpy as np
import pytest

from einthoven.errors import InvalidScoreError, UnknownNameError
from einthoven.evaluation.prediction_arrays import long_table, score_kind_of


@pytest.mark.parametrize(
    ("score", "declared", "kind"),
    [
        ([[0.0, 1.0]], None, "binary"),
        ([[0.0, 0.5]], None, "probability"),
        ([[-3.0, 0.5]], "logit", "logit"),
        ([[0.0, 1.0]], "probability", "probability"),
        ([[0.0, 1.0]], "value", "binary"),
    ],
)
def test_kind_is_inferred_only_where_it_is_certain(score, declared, kind):
    """Zeros and ones, or the unit interval; a declaration wins."""
    assert score_kind_of(np.array(score), labels=["a", "b"], declared=declared, model="m") == kind


def test_a_score_outside_the_unit_interval_has_to_be_declared():
    """The message names value, column and row, and how to declare it."""
    with pytest.raises(InvalidScoreError, match=r"-3\.5 in column 'b', row 1; declare .*--score-kind value"):
        score_kind_of(np.array([[0.1, 0.2], [0.3, -3.5]]), labels=["a", "b"], declared=None, model="m")


def test_what_is_no_number_says_nothing_of_the_kind():
    """NaN and infinity are refused later, as what they are."""
    score = np.array([[0.5, np.nan], [0.2, np.inf]])
    assert score_kind_of(score, labels=["a", "b"], declared=None, model="m") == "probability"


def test_an_unknown_kind_is_refused():
    """With the nearest name."""
    with pytest.raises(UnknownNameError, match="did you mean 'probability'"):
        score_kind_of(np.zeros((1, 1)), labels=["a"], declared="probabilities", model="m")


def test_long_table_goes_label_by_label():
    """Records within labels; unknown truth is empty."""
    table = long_table(
        np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0, 1], [np.nan, 0]]), {"record_id": ["x", "y"]},
        labels=["a", "b"], model="m", seed=3, kind="probability",
    )  # fmt: skip
    assert table["label"].to_pylist() == ["a", "a", "b", "b"]
    assert table["record_id"].to_pylist() == ["x", "y", "x", "y"]
    assert table["score"].to_pylist() == [0.1, 0.3, 0.2, 0.4]
    assert table["truth"].to_pylist() == [0, None, 1, 0]
