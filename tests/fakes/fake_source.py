"""A data source in small: how to make its folder, and what the contract of all sources has to know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.sources.source import LabelRequest, Source


@dataclass(frozen=True)
class FakeSource:
    """One layout of one source.

    Attributes
    ----------
    make : callable
        Writes a small folder as the owners lay theirs out, and returns the source's settings for it.
    needs : str
        The file, or pattern of files such as ``E*.hea``, without which nothing can be loaded; the error names it.
    labels : label request
        What the fake can answer.
    wrong, right : label request, str
        A misspelt request, and the name that the error must suggest for it.
    """

    make: Callable[[Path], Source]
    needs: str
    labels: LabelRequest
    wrong: LabelRequest
    right: str
