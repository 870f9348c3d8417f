from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[4] / "benchmarks" / "virtual_hospital" / "population"


@pytest.fixture
def script(monkeypatch):
    """Import a script of the estimate by its name, and forget it and its neighbours afterwards."""
    folders = (FOLDER, FOLDER.parent, FOLDER.parent.parent)
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    names = {path.stem for folder in folders for path in folder.glob("*.py")}
    before = {name: sys.modules.pop(name) for name in names & sys.modules.keys()}
    yield importlib.import_module
    for name in names & sys.modules.keys():
        del sys.modules[name]
    sys.modules.update(before)
