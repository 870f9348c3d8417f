"""What a run was made with: versions of einthoven, Python and the packages that can change a number."""

from __future__ import annotations

import importlib.util
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import einthoven

__all__ = ["code_version", "describe_environment"]

PACKAGES = ("numpy", "scipy", "polars", "pyarrow", "h5py", "wfdb", "soxr", "torch", "lightning", "matplotlib", "jinja2")


def describe_environment() -> dict[str, Any]:
    """Return versions as plain values; no host name, user or clock."""
    return {
        "einthoven": einthoven.__version__,
        "code_version": code_version(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in PACKAGES if importlib.util.find_spec(name)},
    }


def code_version() -> str:
    """Return the version, with the commit when the code itself is kept in git."""
    home = Path(einthoven.__file__)
    if not _git(home, "ls-files", "--error-unmatch", home.name):  # installed inside somebody else's repository
        return einthoven.__version__
    return f"{einthoven.__version__}+{_git(home, 'describe', '--always', '--dirty', '--exclude=*')}"


def _git(home: Path, *words: str) -> str:
    """Return what git says, empty when it refuses or isn't there."""
    command = ["git", "-C", str(home.parent), *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 - no shell
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
