"""The fakes of each format, for the tests that run over all of them."""

from __future__ import annotations

import importlib

import numpy as np

from fakes.fake_format import Fake
from fakes.wfdb_files import STANDARD


def fakes_of(name: str) -> dict[str, Fake]:
    """Return the fakes of a format by kind."""
    fakes: dict[str, Fake] = importlib.import_module(f"fakes.{name}_files").FAKES
    return fakes


def leads_of(name: str) -> tuple[str, ...]:
    """Return the leads that files of a format can hold: the twelve, unless its script of fakes says otherwise."""
    leads: tuple[str, ...] = vars(importlib.import_module(f"fakes.{name}_files")).get("LEADS", STANDARD)
    return leads


def signal_mv(name: str, n_samples: int = 60) -> np.ndarray:
    """Return whole microvolts, (lead, sample) in mV."""
    steps = np.random.default_rng(8).integers(-1500, 1500, (len(leads_of(name)), n_samples))
    return np.asarray(steps / 1000)
