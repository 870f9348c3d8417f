"""Download a public data set into a folder: by several threads, resumable at any moment, each file verified once."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from pathlib import Path

from einthoven.cohort.download_file import Patience, StoppedError, Transfer, checksum_of, fetch_file
from einthoven.cohort.download_http import AccessRefusedError, Web
from einthoven.cohort.download_list import CHECKSUM_LIST, RemoteFile
from einthoven.cohort.download_plan import DownloadPlan
from einthoven.cohort.download_record import VerifiedFiles
from einthoven.errors import CohortError
from einthoven.progress import ProgressCallback, no_progress

__all__ = ["DownloadSummary", "download"]

FAILURES_BORNE = 10  # files; after so many the server, not the files, is what fails
ESTIMATE_SLACK = 0.9  # sizes of the catalogue are about: only a clear lack of space is refused
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class DownloadSummary:
    """What a download did.

    Attributes
    ----------
    files, fetched, verified, already : int
        Asked for; fetched now; found in the folder and verified now; known from an earlier call.
    unchecked : int
        Without a published checksum.
    failures : tuple of str
        One line per file that could not be had.
    stopped : bool
        By ``should_stop``; another call goes on from there.
    """

    files: int
    fetched: int
    verified: int
    already: int
    unchecked: int
    failures: tuple[str, ...]
    stopped: bool


def download(
    plan: DownloadPlan,
    *,
    web: Web,
    workers: int = 4,
    progress: ProgressCallback = no_progress,
    should_stop: Callable[[], bool] = lambda: False,
    patience: Patience = Patience(),  # noqa: B008 - frozen
    wait: Callable[[float], object] | None = None,
) -> DownloadSummary:
    """Fetch what a plan says. What is there when it ends, however it ends, is whole or goes on from where it stopped.

    Parameters
    ----------
    plan : DownloadPlan
    web : Web
    workers : int
        Threads; each has one connection.
    progress : ProgressCallback
        In ``plan.unit``.
    should_stop : callable
        Asked several times a second.
    patience : Patience
    wait : callable of seconds
        How to wait after a failure; by default in a way that ends at once when the download does.

    Raises
    ------
    CohortError
        Not enough space, access refused, or the folder is in use.
    OSError
        A file can't be written.
    """
    _check_space(plan)
    work = _Work(plan, stop=threading.Event())
    transfer = Transfer(web, patience, wait or work.stop.wait, work.stop.is_set, work.received)
    with VerifiedFiles(plan.folder, origin=plan.origin) as record:
        _keep_listing(plan)
        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="download") as pool:
            threads = [pool.submit(_fetch_all, work, record, transfer) for _ in range(workers)]
            stopped = _watch(threads, work, progress=progress, should_stop=should_stop)
    for thread in threads:
        thread.result()
    return DownloadSummary(
        files=len(plan.files),
        fetched=work.fetched,
        verified=work.verified,
        already=len(plan.files) - len(plan.pending),
        unchecked=sum(not file.checksum for file in plan.files),
        failures=tuple(work.failures),
        stopped=stopped,
    )


@dataclass(slots=True)
class _Work:
    """What the threads share."""

    plan: DownloadPlan
    stop: threading.Event
    fetched: int = 0
    verified: int = 0
    failures: list[str] = field(default_factory=list)
    arrived_bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: queue.SimpleQueue[RemoteFile] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        for file in self.plan.pending:
            self.waiting.put(file)

    def received(self, count: int) -> None:
        with self.lock:
            self.arrived_bytes += count

    def finish(self, *, fetched: bool) -> None:
        with self.lock:
            self.fetched += fetched
            self.verified += not fetched

    def fail(self, reason: str) -> None:
        with self.lock:
            self.failures.append(reason)
            if len(self.failures) >= FAILURES_BORNE:
                self.stop.set()

    def done(self) -> tuple[int, int]:
        """Return how far it is, and of how much."""
        if self.plan.unit == "MB":
            return self.arrived_bytes // 10**6, (self.plan.needed_bytes or 0) // 10**6
        return self.fetched + self.verified + len(self.failures), len(self.plan.pending)


def _fetch_all(work: _Work, record: VerifiedFiles, transfer: Transfer) -> None:
    """Fetch files until none is left: what one thread does."""
    while not work.stop.is_set():
        try:
            file = work.waiting.get_nowait()
        except queue.Empty:
            return
        try:
            target = _target(file, work.plan.folder)
            fetched = not _lies_there(file, target, should_stop=work.stop.is_set)
            if fetched:
                fetch_file(file, target, transfer=transfer)
            record.add(file, target)
            work.finish(fetched=fetched)
        except StoppedError:
            return
        except AccessRefusedError:
            work.stop.set()
            raise
        except CohortError as error:
            work.fail(str(error))
        except BaseException:
            work.stop.set()  # a full disk, a bug: no other file would fare better
            raise


def _watch(
    threads: list[Future[None]], work: _Work, *, progress: ProgressCallback, should_stop: Callable[[], bool]
) -> bool:
    """Tell of progress until the threads are done; return whether somebody wanted them to stop."""
    shown, stopped = 0, False
    try:
        while wait_for(threads, timeout=POLL_S).not_done:
            if should_stop():
                stopped = True
                work.stop.set()
            done, total = work.done()
            shown = max(shown, min(done, total))  # bytes that were thrown away count twice
            progress(shown, total)
    except BaseException:
        work.stop.set()
        raise
    done, total = work.done()
    progress(max(shown, min(done, total)), total)
    return stopped


def _keep_listing(plan: DownloadPlan) -> None:
    kept = plan.folder / CHECKSUM_LIST
    if plan.listing and not kept.exists():
        part = kept.with_name(kept.name + ".part")
        part.write_text(plan.listing, encoding="utf-8")
        part.replace(kept)


def _target(file: RemoteFile, folder: Path) -> Path:
    """Return where a file goes; a link inside the folder may not lead out of it."""
    target = folder / file.path
    if not target.parent.resolve().is_relative_to(folder.resolve()):
        raise CohortError(f"{target.parent} is a link that leads out of {folder}: remove it, or name another folder")
    return target


def _lies_there(file: RemoteFile, target: Path, *, should_stop: Callable[[], bool]) -> bool:
    """Whether the file lies there already, whoever put it there, and is right."""
    if not target.is_file() or file.size not in (None, target.stat().st_size):
        return False
    return checksum_of(target, like=file.checksum, should_stop=should_stop) == file.checksum


def _check_space(plan: DownloadPlan) -> None:
    """Refuse a download that can't fit."""
    if not plan.needed_bytes:
        return
    place = next(folder for folder in (plan.folder.absolute(), *plan.folder.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if free < plan.needed_bytes * (ESTIMATE_SLACK if plan.is_estimate else 1.0):
        about = "about " if plan.is_estimate else ""
        raise CohortError(
            f"{plan.folder} needs {about}{plan.needed_bytes / 1e9:,.1f} GB more, and {free / 1e9:,.1f} GB are free: "
            "name a folder on another disk, or fetch a part with --only"
        )
