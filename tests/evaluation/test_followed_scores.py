from __future__ import annotations

import numpy as np

from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.followed_scores import FollowedScores, followed_scores
from einthoven.evaluation.protocol import Protocol
from fakes.followed_predictions import followed_predictions


def followed() -> FollowedScores:
    """Return a survival task's records with their times."""
    context = context_for(followed_predictions(competing=True), Protocol())
    found = followed_scores(context, context.of_task("survival")[0])
    assert found is not None
    return found


def test_known_at_a_horizon_are_those_with_any_event_by_then_or_followed_beyond():
    """A competing event is an answer: no."""
    one = followed()
    known = one.known_at(200)
    expected = ((one.time <= 200) & (one.cause > 0)) | (one.time > 200)
    assert known.truth.size == expected.sum() < one.time.size
    assert known.events == ((one.time <= 200) & (one.cause == 1)).sum()


def test_some_records_keep_their_times():
    """All columns are cut alike."""
    one = followed()
    part = one.only(one.cause == 2)
    assert part.competing
    assert part.time.size == part.scores.score.size == (one.cause == 2).sum()
    assert np.array_equal(part.time, one.time[one.cause == 2])
