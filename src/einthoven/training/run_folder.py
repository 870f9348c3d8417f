"""The folder of one run: which run it belongs to, and whether that run is finished."""

from __future__ import annotations

import json
from pathlib import Path

from einthoven.store.durable import durable_file
from einthoven.training.disk_space import explained_when_full
from einthoven.training.engine import Processes
from einthoven.training.resumption import LAST_STATE

__all__ = ["CHECKPOINT", "begin_run"]

RUN = "run.json"
CHECKPOINT = "checkpoint"


def begin_run(folder: Path, *, fingerprint: str, workers: Processes, leftovers: tuple[str, ...] = ()) -> bool:
    """Return whether there is something to do, after making the folder without what another run left there.

    Parameters
    ----------
    folder : Path
    fingerprint : str
        Of all that decides the result.
    workers : Processes
        Only the first one writes.
    leftovers : tuple of str
        Files besides state and checkpoint that an unfinished run of other settings may have left.
    """
    path = folder / RUN
    if path.exists() and json.loads(path.read_text()).get("fingerprint") == fingerprint:
        return not (folder / CHECKPOINT / "checkpoint.json").exists()
    if workers.is_first:
        with explained_when_full(path):
            folder.mkdir(parents=True, exist_ok=True)
            for name in (LAST_STATE, f"{CHECKPOINT}/checkpoint.json", *leftovers):
                (folder / name).unlink(missing_ok=True)
            with durable_file(path) as file:
                file.write((json.dumps({"version": 1, "fingerprint": fingerprint}) + "\n").encode())
    return True
