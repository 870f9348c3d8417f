"""What all tests share: the folder of real ECGs, where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real ECGs that EINTHOVEN_REAL_DATA names, or skip."""
    folder = Path(os.environ.get("EINTHOVEN_REAL_DATA", "../shared/data"))
    folder = folder if folder.is_absolute() else ROOT / folder
    if not folder.is_dir():
        pytest.skip(f"no folder of real ECGs at {folder}; set EINTHOVEN_REAL_DATA")
    return folder
