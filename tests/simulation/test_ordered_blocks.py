"""Blocks come back in their order, by one process or two."""

from __future__ import annotations

import itertools

import pytest

from einthoven.errors import SpecificationError
from einthoven.simulation.ordered_blocks import blocks_in_order
from fakes.slow_tasks import die, slow_square


def test_one_process_takes_tasks_as_they_are_needed() -> None:
    taken: list[int] = []

    def tasks():
        for number in itertools.count():
            taken.append(number)
            yield number

    results = blocks_in_order(slow_square, tasks(), workers=1)
    assert [next(results) for _ in range(3)] == [0, 1, 4]
    assert len(taken) <= 4


@pytest.mark.slow
def test_two_processes_give_results_in_order_and_take_few_tasks_ahead() -> None:
    taken: list[int] = []

    def tasks():
        for number in range(30):
            taken.append(number)
            yield number

    results = blocks_in_order(slow_square, tasks(), workers=2)
    assert next(results) == 0
    assert len(taken) <= 6
    assert list(results) == [number**2 for number in range(1, 30)]


@pytest.mark.slow
def test_a_process_that_dies_is_told_with_what_to_do() -> None:
    with pytest.raises(SpecificationError, match=r"fewer --workers"):
        list(blocks_in_order(die, range(3), workers=2))
