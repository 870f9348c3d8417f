"""Plain arrays in .npy, .npz, .csv, .mat, HDF5 and Parquet files, opened once per process and file version."""

from __future__ import annotations

import functools
import math
import os
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from einthoven.ecg.formats.array.layout import ArrayLayout
from einthoven.ecg.formats.array.matlab import read_matrices
from einthoven.ecg.formats.array.parquet import open_parquet
from einthoven.ecg.formats.files import MAX_VALUES, read_bytes, refuse_bomb
from einthoven.errors import EinthovenError, SignalError, SpecificationError, UnreadableFileError

__all__ = ["SUFFIXES", "is_array", "open_array"]

SUFFIXES = (".npy", ".npz", ".csv", ".txt", ".h5", ".hdf5", ".mat", ".parquet")
_ZIP = b"PK\x03\x04"
_ZIP_NAME_AT = 30  # bytes of a local file header before the name, whose length stands at byte 26
_FIRST_BYTES = {b"\x93NUMPY": ".npy", _ZIP: ".npz", b"\x89HDF\r\n\x1a\n": ".h5", b"PAR1": ".parquet"}


def is_array(head: bytes) -> bool:
    """Return whether a file begins like one of the array formats that have a signature (text has none).

    Examples
    --------
    >>> is_array(b"PAR1"), is_array(b"PK and so on")
    (True, False)
    """
    if head.startswith(_ZIP):  # documents and archives begin like that, too; arrays are in it as .npy
        name = head[_ZIP_NAME_AT : _ZIP_NAME_AT + int.from_bytes(head[26:28], "little")]
        return name.endswith(b".npy")
    return head.startswith(tuple(_FIRST_BYTES))


def open_array(path: str, layout: ArrayLayout) -> Any:
    """Return the array of a file, lazily where the format allows: memory-mapped .npy, HDF5 data set.

    Two processes or threads may hold the same file; a file that changes on disk is opened again.

    Raises
    ------
    UnreadableFileError
        When the file is missing, damaged or holds no numbers.
    SpecificationError
        When it holds several arrays and ``dataset`` does not say which.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - once per record of an archive
    except OSError as error:
        raise UnreadableFileError(f"{path} can't be read ({error.strerror}): check the path") from error
    table = _Table(layout.delimiter, layout.skip_rows, layout.columns, layout.leads)
    array = _opened(path, status.st_mtime_ns, status.st_size, layout.dataset, table)
    if array.dtype.kind not in "iuf":
        raise UnreadableFileError(f"{path} holds {array.dtype}, not numbers: export it as int16 or float32")
    return array


class _Table(NamedTuple):
    """What a layout says about the columns of a table."""

    delimiter: str
    skip_rows: int
    columns: tuple[int, ...]
    leads: tuple[str, ...]


@functools.lru_cache(maxsize=4)
def _opened(path: str, _mtime_ns: int, size: int, dataset: str | None, table: _Table) -> Any:
    suffix = _kind(path)
    with _typed_errors(path):
        if suffix == ".npy":
            return np.load(path, mmap_mode="r", allow_pickle=False)
        if suffix == ".npz":
            return _npz(path, dataset)
        if suffix in {".csv", ".txt"}:
            return _csv(path, table)
        if suffix == ".mat":
            return _matlab(path, dataset)
        if suffix == ".parquet":
            return open_parquet(path, dataset=dataset, columns=table.columns, leads=table.leads)
        return _hdf5(path, dataset, size=size)


def _kind(path: str) -> str:
    suffix = Path(path).suffix.lower()
    if suffix in SUFFIXES:
        return suffix
    with _typed_errors(path), Path(path).open("rb") as file:
        head = file.read(8)
    for magic, kind in _FIRST_BYTES.items():
        if head.startswith(magic):
            return kind
    raise UnreadableFileError(f"{path} is no array file; supported: {', '.join(SUFFIXES)}")


@contextmanager
def _typed_errors(path: str) -> Iterator[None]:
    try:
        yield
    except EinthovenError:
        raise
    except Exception as error:  # five libraries, each of which raises whatever its parsing runs into
        raise UnreadableFileError(f"{path} is damaged or not what its name says ({error}): export it again") from error


def _npz(path: str, dataset: str | None) -> NDArray[Any]:
    with zipfile.ZipFile(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    name = _chosen(path, list(members), dataset)
    refuse_bomb(f"{path}: {name}", unpacked=members[name].file_size, packed=members[name].compress_size)
    with np.load(path, allow_pickle=False) as arrays:
        array: NDArray[Any] = arrays[name]
    return array


def _matlab(path: str, dataset: str | None) -> NDArray[Any]:
    arrays = read_matrices(read_bytes(path, limit=8 * MAX_VALUES), where=path)
    alone = [name for name in arrays if "." not in name]  # fields of structures are taken where nothing else is there
    return arrays[_chosen(path, alone if alone and dataset is None else list(arrays), dataset)]


def _hdf5(path: str, dataset: str | None, *, size: int) -> Any:
    import h5py  # 0.1 s of start-up that other formats need not pay

    file = h5py.File(path, "r")
    names: list[str] = []
    file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    array = file[_chosen(path, names, dataset)]
    if array.external or array.is_virtual:
        raise UnreadableFileError(f"{path} points to other files for its samples: export it as one file")
    chunk_bytes = math.prod(array.chunks or ()) * array.dtype.itemsize  # unpacked whole, however little is read
    refuse_bomb(path, unpacked=max(array.nbytes, chunk_bytes), packed=size, limit=math.inf)  # read record by record
    return array


def _csv(path: str, table: _Table) -> NDArray[np.float64]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="loadtxt: input contained no data")  # said below
        try:
            table_of_numbers = np.loadtxt(
                path,
                delimiter=table.delimiter if table.delimiter.strip() else None,  # a blank stands for any run of blanks
                skiprows=table.skip_rows,
                usecols=table.columns or None,
                ndmin=2,
            )
        except ValueError as error:
            raise UnreadableFileError(
                f"{path} holds something else than numbers ({error}): declare which columns are leads "
                "(columns = [0, 1]), how many lines stand above the samples (skip_rows = 1), and what separates them "
                "(delimiter)"
            ) from error
    if table_of_numbers.size == 0:
        raise SignalError(f"{path} holds no samples below its first {table.skip_rows} lines: leave it out")
    return table_of_numbers


def _chosen(path: str, names: list[str], dataset: str | None) -> str:
    if not names:
        raise UnreadableFileError(f"{path} holds no array of numbers: export it again, or leave it out")
    if dataset is not None:
        if dataset.strip("/") in names:
            return dataset.strip("/")
        raise SpecificationError(f"{path} holds no array {dataset!r}, only {', '.join(names) or 'none'}")
    if len(names) == 1:
        return names[0]
    raise SpecificationError(
        f'{path} holds {len(names)} arrays ({", ".join(names[:20])}); declare one: dataset = "..."'
    )
