"""Tensors by name out of a file that others wrote: safetensors, a pickle of tensors, or Keras' HDF5.

Nothing but tensors, numbers and plain values is ever unpickled (``weights_only=True``): a pickle of anything else can
run code, and is refused.
"""

from __future__ import annotations

import hashlib
import pickle
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from numpy._core.multiarray import scalar
from safetensors.torch import load_file
from torch import Tensor

from einthoven.errors import CheckpointError

__all__ = ["WeightFile", "WholeFile", "read_weight_file", "read_whole", "tensors_in"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
# eight bytes of length, of which the last four are 0 as the format allows 100 MB, then the beginning of a JSON object
_SAFETENSORS = b"\0\0\0\0{"
_LFS_POINTER = b"version https://git-lfs"
# NumPy's numbers, under the names of NumPy 1 and 2: training scripts save metrics beside the tensors (ECGFounder's)
_NUMBERS: list[Any] = [
    (scalar, "numpy.core.multiarray.scalar"),
    (scalar, "numpy._core.multiarray.scalar"),
    np.dtype,
    *(type(np.dtype(kind)) for kind in ("f4", "f8", "i4", "i8", "bool")),
]


@dataclass(frozen=True, slots=True, eq=False)
class WeightFile:
    """What a file of weights holds.

    Attributes
    ----------
    path : Path
    kind : ``torch``, ``safetensors`` or ``keras``
    tensors : mapping of str to Tensor
        On the CPU, in the file's own order and types.
    sha256 : str
    """

    path: Path
    kind: str
    tensors: Mapping[str, Tensor]
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class WholeFile:
    """All that is in a file of weights.

    Attributes
    ----------
    path : Path
    kind : ``torch``, ``safetensors`` or ``keras``
    content : object
        What was pickled, or tensors by name.
    sha256 : str
    """

    path: Path
    kind: str
    content: Any
    sha256: str


def read_weight_file(path: Path, *, container: Sequence[str] = ()) -> WeightFile:
    """Return the tensors of a file.

    Parameters
    ----------
    path : Path
    container : sequence of str
        Keys that lead from a pickle's outermost dictionary to the tensors; the other kinds of file have no containers.

    Raises
    ------
    CheckpointError
        The file can't be read, is none of the three kinds, holds more than tensors and plain values, or has another
        container; names what was found.
    """
    return tensors_in(read_whole(path), container)


def read_whole(path: Path) -> WholeFile:
    """Return all that is in a file, wherever its tensors are; errors are those of ``read_weight_file``."""
    beginning = _beginning(path)
    try:
        kind, read = _reader(path, beginning)
        content = read(path)
    except (CheckpointError, MemoryError):
        raise
    except Exception as error:  # a wrong byte makes an unpickler raise whatever there is
        raise CheckpointError(f"{path} is damaged or cut short ({_first_line(error)}): download it again") from error
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return WholeFile(path, kind, content, sha256)


def tensors_in(whole: WholeFile, container: Sequence[str]) -> WeightFile:
    """Return the tensors in a container; errors are those of ``read_weight_file``."""
    content = whole.content
    if whole.kind == "torch":
        content = _tensors_of(_inside(content, container, whole.path), whole.path)
    return WeightFile(whole.path, whole.kind, content, whole.sha256)


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except IsADirectoryError as error:
        raise CheckpointError(f"{path} is a folder; name the file of weights in it") from error
    except OSError as error:
        raise CheckpointError(f"{path} can't be read: {error.strerror}") from error


def _reader(path: Path, beginning: bytes) -> tuple[str, Callable[[Path], Any]]:
    if beginning.startswith(_LFS_POINTER):
        raise CheckpointError(
            f"{path} is a pointer of Git LFS, not the weights: run `git lfs pull` in that repository, or download the "
            "file itself"
        )
    if beginning[4:9] == _SAFETENSORS:  # asked first: the bytes of a length may be blanks and "<"
        return "safetensors", _safetensors
    if beginning.lstrip()[:1] == b"<":
        raise CheckpointError(
            f"{path} is a web page, not weights: the download stopped at a page that asks something; open the address "
            "in a browser"
        )
    if beginning.startswith(_HDF5):
        return "keras", _keras
    if zipfile.is_zipfile(path) or beginning.startswith(b"\x80"):
        return "torch", _torch
    raise CheckpointError(
        f"{path} is neither safetensors, nor a file of torch.save, nor Keras' HDF5; it begins with {beginning[:16]!r}"
    )


def _safetensors(path: Path) -> dict[str, Tensor]:
    return load_file(path)


def _torch(path: Path) -> Any:
    _refuse_other_archives(path)
    try:
        with torch.serialization.safe_globals(_NUMBERS):
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path} holds more than tensors ({_first_line(error)}); unpickling it could run somebody's code, so it "
            "isn't read: use the authors' safetensors file, or save the tensors alone where you trust the file: "
            "torch.save({name: tensor, ...}, file)"
        ) from error


def _refuse_other_archives(path: Path) -> None:
    """Refuse zip archives that torch.save didn't write, as which some weights are offered."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    if any(name.endswith("constants.pkl") for name in names):
        raise CheckpointError(
            f"{path} is a TorchScript program, whose architecture isn't known here: save its state_dict() as "
            "safetensors where you trust it"
        )
    if not any(name.endswith("data.pkl") for name in names):
        raise CheckpointError(
            f"{path} is an archive of {', '.join(names[:8]) or 'nothing'}: unpack it and name the file of weights in it"
        )


def _inside(content: Any, container: Sequence[str], path: Path) -> Mapping[str, Any]:
    for depth, key in enumerate(container):
        if not isinstance(content, Mapping) or key not in content:
            found = ", ".join(map(str, list(content)[:8])) if isinstance(content, Mapping) else type(content).__name__
            where = "".join(f"[{name!r}]" for name in container[: depth + 1])
            raise CheckpointError(f"{path} should hold its tensors under {where}; it holds {found}")
        content = content[key]
    if not isinstance(content, Mapping):
        raise CheckpointError(f"{path} should hold tensors by name, it holds a {type(content).__name__}")
    return content


def _tensors_of(content: Mapping[str, Any], path: Path) -> dict[str, Tensor]:
    other = [key for key, value in content.items() if not isinstance(value, Tensor)]
    if other:
        raise CheckpointError(
            f"{path} should hold nothing but tensors where the weights are expected; {other[0]!r} is a "
            f"{type(content[other[0]]).__name__} (keys: {', '.join(map(str, list(content)[:8]))})"
        )
    return dict(content)


def _keras(path: Path) -> dict[str, Tensor]:
    """Return the data sets of the group ``model_weights`` (or of the whole file) by their path below it."""
    tensors: dict[str, Tensor] = {}

    def keep(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            tensors[name] = torch.from_numpy(np.asarray(item[()]))

    with h5py.File(path) as file:
        file.get("model_weights", file).visititems(keep)
    return tensors


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
