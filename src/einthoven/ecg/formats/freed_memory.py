"""Keep the memory of one ECG for the next.

glibc gives blocks of 128 kB and more back to the system when they are freed, and fetches them again, page by page, for
the next ECG: half of the time of reading a 10 s record. It stops doing so for sizes that it has seen freed (mallopt(3),
``M_MMAP_THRESHOLD``), so one larger block, taken and freed once, is enough. Elsewhere it changes nothing.
"""

from __future__ import annotations

import functools

import numpy as np

__all__ = ["keep_freed_memory"]

# more than any array of a 10 s ECG on its way into a store; the process then keeps at most twice as much
_LARGEST_BYTES = 16 << 20


@functools.cache
def keep_freed_memory() -> None:
    """Take and free one block, once per process; its pages are never touched."""
    np.empty(_LARGEST_BYTES, dtype=np.uint8)
