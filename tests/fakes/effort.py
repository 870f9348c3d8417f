"""A limit on the work that a damaged or hostile file may cause."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

__all__ = ["little_work"]

# what is guarded against (a loop over a declared length, a pattern that backtracks) needs minutes or never ends, sound
# code a fraction of a second; a bound near that fraction would measure the machine, not the code
CPU_LIMIT_S = 20


@contextlib.contextmanager
def little_work() -> Iterator[None]:
    """Stop and fail the block when it has taken 20 s of processor time; the time of other programs doesn't count."""

    def stop(_number: object, _frame: object) -> None:
        raise AssertionError(f"still at work after {CPU_LIMIT_S} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, CPU_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
