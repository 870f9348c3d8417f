"""Turn SIGINT and SIGTERM into a request that long work answers at its next safe point."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from einthoven.errors import CancelledError

__all__ = ["StopRequest"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Notes the first SIGINT or SIGTERM while its block runs; the second one acts as it did before the block.

    Outside the main thread no signal arrives, and nothing is noted.
    """

    def __init__(self) -> None:
        self._signal_number = 0
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._restore()

    def __bool__(self) -> bool:
        return self._signal_number != 0

    def error(self, message: str) -> CancelledError:
        """Return the error to raise once the work is saved; ``message`` follows the signal's name."""
        name = signal.Signals(self._signal_number).name
        return CancelledError(f"stopped by {name}: {message}", signal_number=self._signal_number)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature is Python's
        self._signal_number = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous.clear()
