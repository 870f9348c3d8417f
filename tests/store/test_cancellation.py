"""Signals become requests while a block runs."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from einthoven.store.cancellation import StopRequest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_a_request_and_handlers_are_put_back(number):
    """So that a second one acts as usual."""
    before = signal.getsignal(number)
    with StopRequest() as stop:
        assert not stop
        os.kill(os.getpid(), number)
        assert stop
        assert signal.getsignal(number) == before
    error = stop.error("saved")
    assert error.signal_number == number
    assert str(error) == f"stopped by {signal.Signals(number).name}: saved"


def test_other_threads_leave_the_handlers_alone():
    """Python lets only the main thread set them."""
    seen = []

    def run():
        with StopRequest() as stop:
            seen.append(bool(stop))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [False]
