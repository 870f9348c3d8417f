"""What a download would do: which files a data set has, which of them lie there already, and what is still to come."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from einthoven.cohort.datasets import Dataset
from einthoven.cohort.download_file import Patience, persistently
from einthoven.cohort.download_http import TransientError, Web
from einthoven.cohort.download_list import (
    CHECKSUM_LIST,
    RemoteFile,
    catalogue_files,
    parse_sha256sums,
    parse_zenodo_record,
    select_files,
)
from einthoven.cohort.download_record import read_verified, stamp
from einthoven.errors import CohortError

__all__ = ["DownloadPlan", "plan_download"]

SHORT_PATIENCE = Patience(tries=4)  # 7 s: somebody without a network waits for an answer


@dataclass(frozen=True, slots=True)
class DownloadPlan:
    """What a download will do.

    Attributes
    ----------
    origin : str
        Address of the published folder, wherever the files come from.
    folder : Path
    files : tuple of RemoteFile
        All that were asked for.
    pending : tuple of RemoteFile
        Those that are not known to be there and right.
    listing : str
        The checksum list to keep beside the files; empty where there is none.
    needed_bytes : int, optional
        What is still to come, where sizes are known.
    is_estimate : bool
        Whether ``needed_bytes`` rests on the catalogue's size of the whole set.
    """

    origin: str
    folder: Path
    files: tuple[RemoteFile, ...]
    pending: tuple[RemoteFile, ...]
    listing: str
    needed_bytes: int | None
    is_estimate: bool

    @property
    def unit(self) -> str:
        """What progress counts: ``MB`` where all sizes are known, else ``files``."""
        return "MB" if self.needed_bytes is not None and not self.is_estimate else "files"


def plan_download(
    dataset: Dataset,
    folder: Path,
    *,
    web: Web,
    base_url: str | None = None,
    only: Sequence[str] = (),
    verify: bool = False,
    patience: Patience = SHORT_PATIENCE,
    wait: Callable[[float], object] = time.sleep,
) -> DownloadPlan:
    """Find out what is to be fetched; nothing is written.

    Parameters
    ----------
    dataset : Dataset
    folder : Path
    web : Web
    base_url : str, optional
        Address of a copy of the published folder (or record).
    only : sequence of str
        Patterns such as ``records100/*``; all files without any.
    verify : bool
        Trust no earlier verification.
    patience, wait
        For a server that fails.

    Raises
    ------
    CohortError
        The list can't be had or is none, a pattern matches nothing, or the folder is of another data set.
    """
    listed, listing = _list_files(dataset, folder, web=web, base_url=base_url, patience=patience, wait=wait)
    files = select_files(select_files(listed, dataset.select), only)
    recorded = read_verified(folder, origin=dataset.base_url)
    known = {} if verify else recorded
    pending = [file for file in files if not _is_known(file, folder, known)]
    needed, is_estimate = _needed_bytes(dataset, folder, files=files, pending=pending, whole=not only)
    return DownloadPlan(dataset.base_url, folder, tuple(files), tuple(pending), listing, needed, is_estimate)


def _list_files(
    dataset: Dataset,
    folder: Path,
    *,
    web: Web,
    base_url: str | None,
    patience: Patience,
    wait: Callable[[float], object],
) -> tuple[list[RemoteFile], str]:
    """Return the published files, and the text of their checksum list where they have one."""
    base = base_url or dataset.base_url
    if dataset.listing == "files":
        return catalogue_files(dataset.files, base_url=base_url), ""
    if dataset.listing == "zenodo":
        text = persistently(lambda: _read_text(base, web), patience=patience, wait=wait)
        return parse_zenodo_record(text, record_url=base), ""
    if dataset.listing != "sha256sums":
        raise CohortError(f"{dataset.name} has no public list of files; see {dataset.page}")
    kept = folder / CHECKSUM_LIST
    if kept.is_file():  # published versions don't change
        text = kept.read_text(encoding="utf-8")
        source = f"{kept} (remove it to have it fetched again)"
    else:
        source = f"{base.rstrip('/')}/{CHECKSUM_LIST}"
        text = persistently(lambda: _read_text(source, web), patience=patience, wait=wait)
    return parse_sha256sums(text, base_url=base, source=source), text


def _read_text(url: str, web: Web) -> str:
    with web.open(url) as response:
        try:
            text = response.read()  # raises IncompleteRead when the connection ends early
        except (OSError, http.client.HTTPException) as error:
            raise TransientError(f"{url}: the connection broke ({error or type(error).__name__})") from error
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CohortError(f"{url} is no text: check the address") from error


def _is_known(file: RemoteFile, folder: Path, known: dict[str, tuple[str, int, int]]) -> bool:
    if file.path not in known:
        return False
    target = folder / file.path
    return target.is_file() and known[file.path] == stamp(file, target)


def _needed_bytes(
    dataset: Dataset, folder: Path, *, files: Sequence[RemoteFile], pending: Sequence[RemoteFile], whole: bool
) -> tuple[int | None, bool]:
    """Return what is still to come, and whether that is an estimate."""
    sizes = [file.size for file in pending]
    if None not in sizes:
        return sum(max(0, (file.size or 0) - _present(file, folder)) for file in pending), False
    if not whole or dataset.size_gb is None:
        return None, True
    present = sum(_present(file, folder) for file in files)
    return max(0, int(dataset.size_gb * 1e9) - present), True


def _present(file: RemoteFile, folder: Path) -> int:
    """Bytes of a file that lie there, whole or in part."""
    for name in (file.path, file.path + ".part"):
        try:
            return os.stat(folder / name).st_size  # noqa: PTH116 - a million files: Path.stat takes twice as long
        except OSError:
            continue
    return 0
