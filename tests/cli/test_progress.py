"""A new stage ends the line before it, whether or not that one knew its length."""

from __future__ import annotations

from einthoven.cli.progress import progress_lines


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
