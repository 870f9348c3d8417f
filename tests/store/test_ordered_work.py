"""Results in the order of the tasks, for any number of workers, until somebody stops the work."""

from __future__ import annotations

import os
import signal
import time

import pytest

from einthoven.errors import StoreError
from einthoven.store.cancellation import StopRequest
from einthoven.store.ordered_work import AHEAD, in_order
from fakes.slow_tasks import die, slow_square


def test_one_process_takes_tasks_as_they_are_asked_for():
    taken = []
    tasks = (taken.append(i) or i for i in range(100))
    with StopRequest() as stop:
        results = in_order(slow_square, tasks, workers=1, stop=stop)
        assert [next(results) for _ in range(3)] == [0, 1, 4]
    assert taken == [0, 1, 2]


@pytest.mark.slow
def test_several_processes_keep_the_order_and_don_t_run_far_ahead():
    taken = []
    tasks = (taken.append(i) or i for i in range(40))
    with StopRequest() as stop:
        results = in_order(slow_square, tasks, workers=2, stop=stop)
        assert next(results) == 0
        assert len(taken) <= 2 * AHEAD
        assert list(results) == [i * i for i in range(1, 40)]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_after_a_stop_request_no_result_is_yielded(workers):
    with StopRequest() as stop:
        results = in_order(slow_square, iter(range(1000)), workers=workers, stop=stop)
        next(results)
        os.kill(os.getpid(), signal.SIGINT)
        begun = time.monotonic()
        assert list(results) == []
    assert time.monotonic() - begun < 10


@pytest.mark.slow
def test_a_worker_that_dies_is_an_error_with_a_remedy():
    with StopRequest() as stop, pytest.raises(StoreError, match="fewer workers"):
        list(in_order(die, [1, 2, 3], workers=2, stop=stop))
