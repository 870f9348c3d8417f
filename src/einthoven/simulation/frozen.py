"""One number for all parameters of the simulation: they are settled before any study is run on what they make."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib import resources
from pathlib import Path

__all__ = ["frozen_sha256", "parameter_files", "parameters_sha256"]

FROZEN = "frozen_parameters.json"
SUFFIXES = (".toml", ".json", ".npz", ".csv")


def parameter_files() -> tuple[Path, ...]:
    """Return all parameter files of the simulation, in the order of their names."""
    folder = Path(str(resources.files("einthoven.simulation")))
    found = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.name != FROZEN]
    return tuple(sorted(found, key=lambda path: path.relative_to(folder).as_posix()))


@lru_cache(maxsize=1)
def parameters_sha256() -> str:
    """Return the sha256 over names and contents of all parameter files; line ends don't count in text."""
    folder = Path(str(resources.files("einthoven.simulation")))
    digest = hashlib.sha256()
    for path in parameter_files():
        content = path.read_bytes()
        if path.suffix != ".npz":
            content = content.replace(b"\r\n", b"\n")
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def frozen_sha256() -> str:
    """Return the number that was settled."""
    text = resources.files("einthoven.simulation").joinpath(FROZEN).read_text(encoding="utf-8")
    return str(json.loads(text)["parameters_sha256"])
