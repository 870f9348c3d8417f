"""One stage of a study: a folder with its artefacts and a ``stage.json`` that says from which inputs they were made.

A stage whose inputs did not change is not run again; one that was killed has no finished ``stage.json`` and runs
again, or goes on, when it saved its state.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from einthoven.errors import SpecificationError

__all__ = ["Stage", "hash_of"]

VERSION = 1
NAME = "stage.json"


@dataclass(frozen=True, slots=True)
class Stage:
    """Identity and inputs of a stage.

    Attributes
    ----------
    run : Path
        The run folder.
    stage : str
        For example ``train``.
    inputs : mapping of str to str
        Name -> SHA-256 of everything the artefacts depend on.
    code_version, environment_hash : str
    arm : str
        Empty where the stage is common to all arms.
    seed : int, optional
    """

    run: Path
    stage: str
    inputs: Mapping[str, str]
    code_version: str
    environment_hash: str
    arm: str = ""
    seed: int | None = None

    @property
    def folder(self) -> Path:
        """Where the artefacts lie."""
        parts = [self.stage, self.arm] if self.arm else [self.stage]
        return self.run.joinpath("stages", *parts, *([str(self.seed)] if self.seed is not None else []))

    def is_done(self) -> bool:
        """Whether the artefacts exist and were made from these inputs."""
        file = self.folder / NAME
        if not file.is_file():
            return False
        found = json.loads(file.read_text())
        if found["version"] > VERSION:
            raise SpecificationError(
                f"{file} was written by a newer einthoven; update to go on, or choose another --out"
            )
        return bool(found["status"] == "done" and found["inputs"] == dict(self.inputs))

    def run_once(self, work: Callable[[Path], None]) -> Path:
        """Do ``work(folder)`` unless its result is there already; return the folder.

        When inputs changed, whatever an earlier attempt left is handed to ``work``, which has to check it; only
        ``stage.json`` decides what counts as finished.
        """
        if self.is_done():
            return self.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self._clear_unless_same_inputs()
        self._write("running", started, None)
        work(self.folder)
        self._write("done", started, datetime.now(UTC).isoformat(timespec="seconds"))
        return self.folder

    def _clear_unless_same_inputs(self) -> None:
        """Artefacts of other inputs must not be resumed from."""
        file = self.folder / NAME
        if file.is_file() and json.loads(file.read_text())["inputs"] == dict(self.inputs):
            return
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def _write(self, status: str, started: str, ended: str | None) -> None:
        document = {
            "type": "stage",
            "version": VERSION,
            "stage": self.stage,
            "arm": self.arm,
            "seed": self.seed,
            "inputs": dict(self.inputs),
            "code_version": self.code_version,
            "environment_hash": self.environment_hash,
            "started": started,
            "ended": ended,
            "status": status,
        }
        temporary = self.folder / (NAME + ".tmp")
        temporary.write_text(json.dumps(document, indent=1))
        temporary.replace(self.folder / NAME)


def hash_of(value: Any) -> str:
    """SHA-256 of a file's bytes, or of a plain value's canonical JSON."""
    if isinstance(value, Path):
        with value.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
