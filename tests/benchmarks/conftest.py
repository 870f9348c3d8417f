from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def pretraining_script(monkeypatch):
    """Import a script of the experiment on pretraining by its name, and forget it and its neighbours afterwards."""
    hospital = FOLDER / "virtual_hospital"
    monkeypatch.setattr(sys, "path", [str(FOLDER), str(hospital), *sys.path])
    names = {path.stem for path in (*FOLDER.glob("*.py"), *hospital.glob("*.py"))}
    before = {name: sys.modules.pop(name) for name in names & sys.modules.keys()}
    yield importlib.import_module
    for name in names & sys.modules.keys():
        del sys.modules[name]
    sys.modules.update(before)
