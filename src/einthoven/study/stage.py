"""One stage of a study: a folder with its artefacts and a ``stage.json`` that says from which inputs they were made.

A stage whose inputs did not change is not run again; one that was killed has no finished ``stage.json`` and runs
again, or goes on, when it saved its state.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from einthoven.errors import SpecificationError
from einthoven.store.durable import durable_file

__all__ = ["Stage", "hash_of"]

VERSION = 1
NAME = "stage.json"
RESULTS = "evaluate"
WAIT_S = 0.2


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
    leads : bool
        Whether this process does the work and writes; the others of ``torchrun`` wait for it, and read.
    """

    run: Path
    stage: str
    inputs: Mapping[str, str]
    code_version: str
    environment_hash: str
    arm: str = ""
    seed: int | None = None
    leads: bool = True

    @property
    def folder(self) -> Path:
        """Where the artefacts lie."""
        parts = [self.stage, self.arm] if self.arm else [self.stage]
        return self.run.joinpath("stages", *parts, *([str(self.seed)] if self.seed is not None else []))

    def is_done(self) -> bool:
        """Whether the artefacts exist and were made from these inputs."""
        found = self._found()
        return (
            found.get("status") == "done"
            and found["inputs"] == dict(self.inputs)
            and all((self.folder / name).is_file() for name in found.get("outputs", []))
        )

    def run_once(self, work: Callable[[Path], None], *, together: bool = False) -> Path:
        """Do ``work(folder)`` unless its result is there already; return the folder.

        What an interrupted attempt from the same inputs left stays, to go on with; what other inputs left is removed.
        So are the results of the run, which a changed stage makes old: a report never mixes two states.

        Parameters
        ----------
        work : callable
        together : bool
            Whether the processes of ``torchrun`` do the work together; otherwise the first does it alone.
        """
        if self.is_done():
            return self.folder
        if not self.leads:
            return self._follow(work, together=together)
        if self.stage != RESULTS:
            shutil.rmtree(self.run / "stages" / RESULTS, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        started = datetime.now(UTC).isoformat(timespec="seconds")
        if self._found().get("inputs") != dict(self.inputs):
            _empty(self.folder)
        self._write("running", started)
        work(self.folder)
        self._write("done", started, ended=datetime.now(UTC).isoformat(timespec="seconds"))
        return self.folder

    def _follow(self, work: Callable[[Path], None], *, together: bool) -> Path:
        """Wait until the first process is done; or, where all work together, until it has made room for the work.

        Nothing is given up after some time: when the first process ends in an error, ``torchrun`` ends the others.
        """
        while not (self.is_done() or (together and self._found().get("inputs") == dict(self.inputs))):
            time.sleep(WAIT_S)
        if together and not self.is_done():
            work(self.folder)
        while not self.is_done():
            time.sleep(WAIT_S)
        return self.folder

    def _found(self) -> dict[str, Any]:
        """Return what an earlier attempt wrote; nothing when there was none or its file is damaged."""
        file = self.folder / NAME
        try:
            found: dict[str, Any] = json.loads(file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        if found["version"] > VERSION:
            raise SpecificationError(
                f"{file} was written by a newer einthoven; update to go on, or choose another --out"
            )
        return found

    def _write(self, status: str, started: str, *, ended: str | None = None) -> None:
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.name != NAME)
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
            "outputs": sorted(str(path.relative_to(self.folder)) for path in files) if ended else [],
        }
        with durable_file(self.folder / NAME) as file:
            file.write(json.dumps(document, indent=1).encode())


def _empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def hash_of(value: Any) -> str:
    """SHA-256 of a file's bytes, or of a plain value's canonical JSON."""
    if isinstance(value, Path):
        with value.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
