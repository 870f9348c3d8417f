"""The two files of a checkpoint; what they mean is the business of ``checkpoint.py``.

::

    checkpoint/
        model.safetensors    float tensors by their name in the network
        checkpoint.json      architecture, settings, input spec, labels, what it was pretrained on, hash of the weights

``checkpoint.json`` is written last and holds the hash of the weights, so a folder that was cut short is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from einthoven.errors import CheckpointError

__all__ = ["DESCRIPTION", "WEIGHTS", "CheckpointFile", "read_checkpoint", "write_checkpoint"]

TYPE = "einthoven.checkpoint"
VERSION = 2
WEIGHTS = "model.safetensors"
DESCRIPTION = "checkpoint.json"


@dataclass(frozen=True, slots=True, eq=False)
class CheckpointFile:
    """What stands in the files, as the newest version would have written it."""

    description: Mapping[str, Any]
    state: Mapping[str, Tensor]


def write_checkpoint(folder: Path, description: Mapping[str, Any], state: Mapping[str, Tensor]) -> None:
    """Write the two files, replacing those of an earlier checkpoint."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = save({name: tensor.detach().cpu().contiguous() for name, tensor in state.items()})
    whole = {
        "type": TYPE,
        "version": VERSION,
        **description,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
    }
    _write(folder / WEIGHTS, weights)
    _write(folder / DESCRIPTION, (json.dumps(whole, indent=1) + "\n").encode())


def read_checkpoint(folder: Path) -> CheckpointFile:
    """Return what the files hold.

    Raises
    ------
    CheckpointError
        A file is missing, damaged or newer than this version, or the two don't belong together.
    """
    description = _description(folder / DESCRIPTION)
    weights = _read(folder / WEIGHTS)
    if hashlib.sha256(weights).hexdigest() != description.get("weights_sha256"):
        raise CheckpointError(
            f"{folder / WEIGHTS} isn't the file that {DESCRIPTION} was written for (its SHA-256 differs): copy the "
            "whole folder again, or train again"
        )
    try:
        state = dict(sorted(load(weights).items()))  # safetensors returns them in any order
        return _from_version_1(description, state) if description["version"] < 2 else CheckpointFile(description, state)
    except KeyError as error:
        raise CheckpointError(f"{folder / DESCRIPTION} lacks the key {error}") from error
    except (SafetensorError, ValueError) as error:
        raise CheckpointError(f"{folder} is damaged: {error}") from error


def _from_version_1(description: Mapping[str, Any], state: Mapping[str, Tensor]) -> CheckpointFile:
    """Return what version 2 holds: encoder and head stand apart, in the settings and in the weights' names."""
    settings = dict(description["settings"])
    head = {
        "task": description["task"],
        "dropout": settings.pop("dropout"),
        "hidden_width": settings.pop("head_width"),
    }
    added = {
        "settings": settings,
        "head": head,
        "adaptation": {},
        "seen_in_pretraining": [],
        "public": "",
        "licence": "",
    }
    renamed = {name if name.startswith("head.") else f"encoder.{name}": tensor for name, tensor in state.items()}
    return CheckpointFile({**description, **added}, renamed)


def _description(path: Path) -> dict[str, Any]:
    try:
        description = json.loads(_read(path))
    except ValueError as error:
        raise CheckpointError(f"{path} is no JSON: {error}") from error
    if not isinstance(description, dict) or description.get("type") != TYPE:
        raise CheckpointError(f"{path} doesn't describe a checkpoint: it should have the type {TYPE!r}")
    version = description.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise CheckpointError(f"{path} has version {version}, this einthoven reads up to {VERSION}: update it")
    return description


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(
            f"{path} can't be read ({error.strerror}): a checkpoint is a folder with {WEIGHTS} and {DESCRIPTION}; "
            "weights that others published become one by `einthoven models convert`"
        ) from error


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
