"""Prefetching changes when items are made, nothing else."""

from __future__ import annotations

import threading

import pytest

from einthoven.store.prefetch import prefetched


def _failing():
    yield 1
    raise ValueError("broken")


def test_an_error_is_raised_after_the_items_before_it():
    items = prefetched(_failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_closing_stops_the_thread():
    made = []
    items = prefetched((made.append(i) or i for i in range(1000)), depth=1)
    next(items)
    items.close()
    assert len(made) < 10
    assert not any(thread.name == "prefetch" for thread in threading.enumerate())
