"""Draws of few labels are nested, by patient, the same for everybody, and hold each class where they can."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from einthoven.errors import SplitError
from einthoven.training.label_draw import draw_records

NAN = float("nan")
N = 600
RNG = np.random.default_rng(1)
RECORDS = [f"r{number}" for number in range(N)]
PATIENTS = [f"p{number // 2}" for number in range(N)]  # two ECGs each
TARGET = (RNG.random((N, 3)) < np.array([0.5, 0.1, 0.01])).astype(np.float32)
PATIENT_OF = dict(zip(RECORDS, PATIENTS, strict=True))
ROW_OF = {record: row for row, record in enumerate(RECORDS)}


def draw(n: int, seed: str = "0:1", target: np.ndarray = TARGET) -> tuple[str, ...]:
    """Draw from the fixed records."""
    return draw_records(RECORDS, PATIENTS, target, n=n, seed=seed)


@pytest.mark.parametrize("seed", ["0:1", "0:2", "7:1"])
def test_draws_of_one_seed_are_nested_and_those_of_others_differ(seed):
    """64 within 128 within 256 within 512; a seed's draw is always the same."""
    draws = [draw(n, seed) for n in (64, 128, 256, 512)]
    assert [len(set(drawn)) for drawn in draws] == [64, 128, 256, 512]
    assert all(set(small) < set(large) for small, large in itertools.pairwise(draws))
    assert draw(64, seed) == draws[0]
    assert set(draws[0]) != set(draw(64, "0:3"))


def test_patients_come_whole_but_for_the_last():
    """So no draw knows half of many patients."""
    drawn = draw(33)
    counts = {patient: sum(PATIENT_OF[record] == patient for record in drawn) for patient in map(PATIENT_OF.get, drawn)}
    assert sorted(counts.values()) == [1, *[2] * 16]


def test_each_label_has_a_positive_and_a_negative_even_in_the_smallest_draw():
    """The rarest has 1 % of the ECGs; without the rule most draws of 8 would have none."""
    for seed in range(20):
        rows = [ROW_OF[record] for record in draw(8, str(seed))]
        assert (TARGET[rows] == 1).any(axis=0).all()
        assert (TARGET[rows] == 0).any(axis=0).all()


def test_draws_look_like_the_whole():
    """Over seeds a patient is as likely as any other: the first label's share in draws is its share in all."""
    shares = [TARGET[[ROW_OF[record] for record in draw(64, str(seed))], 0].mean() for seed in range(40)]
    assert np.mean(shares) == pytest.approx(TARGET[:, 0].mean(), abs=0.03)


def test_ecgs_of_which_nothing_is_known_are_not_drawn_and_a_record_is_drawn_once():
    """A record with two reports stands in two rows."""
    target = TARGET.copy()
    target[::2] = NAN
    assert all(ROW_OF[record] % 2 for record in draw(100, target=target))
    twice = draw_records(["a", "a", "b"], ["1", "1", "2"], np.array([[1.0], [1.0], [0.0]], np.float32), n=2, seed="0")
    assert sorted(twice) == ["a", "b"]


def test_more_than_there_are_is_refused():
    """With both numbers."""
    target = TARGET.copy()
    target[10:] = NAN
    with pytest.raises(SplitError, match="64 labelled ECGs are asked for, and there are 10"):
        draw(64, target=target)


def test_another_patient_more_changes_nearly_nothing():
    """Who draws a number doesn't depend on who else draws."""
    more = draw_records([*RECORDS, "new"], [*PATIENTS, "other"], np.vstack([TARGET, TARGET[:1]]), n=64, seed="0:1")
    assert len(set(more) & set(draw(64))) >= 62
