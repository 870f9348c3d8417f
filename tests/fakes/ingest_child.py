"""Ingest in a process of its own, which kills itself just before or after one of its renames.

Run as ``python -m fakes.ingest_child ARCHIVE STORE WORKERS SHARD_RECORDS [before|after N]``; counted are the renames of
one process. Spawned workers import this module too, so a worker can be the one that dies. ``INGEST_CHILD_MEASURES`` in
the environment asks for measurements.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from einthoven.ecg.formats import locate
from einthoven.errors import CancelledError, StoreError
from einthoven.store.ingest import ingest
from fakes.ecg_archive import SPEC


def die_at_rename(moment: str, number: int) -> None:
    """Make this process kill itself ``before`` or ``after`` its rename of that number, counted from 1."""
    replace, count = os.replace, [0]

    def replace_or_die(source, target) -> None:
        count[0] += 1
        if count[0] == number and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)
        if count[0] == number and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = replace_or_die


def main(archive: str, store: str, workers: str, shard_records: str) -> None:
    """Ingest, and exit as the command line does."""
    try:
        ingest(
            locate(Path(archive)),
            Path(store),
            spec=SPEC,
            workers=int(workers),
            shard_records=int(shard_records),
            measure_quality=False,
            measure_waves="INGEST_CHILD_MEASURES" in os.environ,
            progress=lambda done, total: print(done, total, flush=True),  # noqa: T201 - the test waits for it
        )
    except CancelledError as error:
        sys.exit(128 + error.signal_number)
    except StoreError as error:
        sys.exit(str(error))


if __name__ in ("__main__", "__mp_main__") and len(sys.argv) == 7:
    die_at_rename(sys.argv[5], int(sys.argv[6]))
if __name__ == "__main__":
    main(*sys.argv[1:5])
