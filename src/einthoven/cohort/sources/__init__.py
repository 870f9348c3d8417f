"""One public data set or archive layout per file: a folder as its owners publish it becomes rows and locations."""

from __future__ import annotations

SOURCES = {
    "ptb_xl": "einthoven.cohort.sources.ptb_xl:PtbXl",
    "arrays": "einthoven.cohort.sources.arrays:Arrays",
}
