"""A new stage ends the line before it, whether or not that one knew its length."""

from __future__ import annotations

import signal

import pytest

from einthoven.cli.progress import each_written_whole, progress_lines
from einthoven.errors import CancelledError


def test_lines_are_announced_and_finished(capsys):
    """Both lines end full, on the error stream."""
    with progress_lines() as announce:
        announce("Looking")
        report = announce("Reading")
        report(2, 5)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Looking" in shown.err
    assert "5/5" in shown.err


def test_who_stops_the_work_is_told_how_far_it_came():
    """The exit status is that of the signal."""
    with pytest.raises(CancelledError, match=r"2 of 1,000 ECGs are written, each of them whole") as caught:  # noqa: SIM117
        with each_written_whole([1, 2], total=1000):
            raise KeyboardInterrupt
    assert caught.value.signal_number == signal.SIGINT
