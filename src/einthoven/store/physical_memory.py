"""How much memory this machine has."""

from __future__ import annotations

import os

__all__ = ["physical_memory"]


def physical_memory() -> int | None:
    """Return the bytes of memory that are built in; None where the system doesn't tell (Windows).

    A container may be allowed less; nobody is asked about that.
    """
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names:
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
