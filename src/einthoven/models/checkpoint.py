"""A trained network on disk: weights as safetensors, everything else as JSON; both or nothing is read.

::

    checkpoint/
        model.safetensors    float tensors by their name in the network
        checkpoint.json      architecture, settings, input spec, labels, what it was pretrained on, hash of the weights

``checkpoint.json`` is written last and holds the hash of the weights, so a folder that was cut short is refused.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import CheckpointError, EinthovenError
from einthoven.models.architectures import build, resolved_settings
from einthoven.models.head_settings import HeadSettings
from einthoven.models.network import Network

__all__ = ["Checkpoint"]

TYPE = "einthoven.checkpoint"
VERSION = 2
_WEIGHTS = "model.safetensors"
_DESCRIPTION = "checkpoint.json"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Weights and all that is needed to use them.

    Attributes
    ----------
    architecture : str
        Key of ``ARCHITECTURES``.
    settings : mapping
        Of the architecture; defaults are filled in, so a later default does not change an old checkpoint.
    spec : InputSpec
        What the network must be fed.
    labels : tuple of str
        Meaning of each output, in order.
        Empty for an encoder without a head.
    task : str
        ``binary``: each label is a question of its own, its score the sigmoid of a logit.
    state : mapping of str to Tensor
    pretrained_on : tuple of str
        Data sets whose records the weights have seen, for the check that no test set is among them.
    simulated : tuple of str
        Those of them whose patients are simulated.
    head : HeadSettings
    public : str
        Name of the published model that the weights come from (``einthoven models list``); empty for our own.
    licence : str
        Of the weights, where others made them.
    seed, epoch : int, optional
        Of the training that made it.
    metric : mapping of str to float
        What the weights were chosen by, for example ``{"validation_auroc": 0.91}``.

    Raises
    ------
    UnknownNameError, SpecificationError
        When architecture or settings don't exist.
    CheckpointError
        When the weights don't fit architecture, leads and labels.
    """

    architecture: str
    settings: Mapping[str, Any]
    spec: InputSpec
    labels: tuple[str, ...]
    task: str
    state: Mapping[str, Tensor]
    pretrained_on: tuple[str, ...] = ()
    simulated: tuple[str, ...] = dataclasses.field(default=(), kw_only=True)
    head: HeadSettings = dataclasses.field(default_factory=HeadSettings, kw_only=True)
    public: str = dataclasses.field(default="", kw_only=True)
    licence: str = dataclasses.field(default="", kw_only=True)
    seed: int | None = None
    epoch: int | None = None
    metric: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", resolved_settings(self.architecture, self.settings))
        self.network()

    def network(self) -> Network:
        """Return the network with these weights, in evaluation mode, on the CPU."""
        with torch.device("meta"):  # no random initial weights, so the caller's random state stays as it is
            network = build(
                self.architecture,
                n_leads=len(self.spec.leads),
                n_labels=len(self.labels),
                head=self.head,
                **self.settings,
            )
        _check_state(network.state_dict(), self.state, labels=self.labels)
        copies = {name: tensor.detach().cpu().clone() for name, tensor in self.state.items()}
        network.load_state_dict(copies, strict=True, assign=True)
        return network.eval()

    def save(self, folder: Path) -> Path:
        """Write the two files, replacing those of an earlier checkpoint, and return the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        weights = save({name: tensor.detach().cpu().contiguous() for name, tensor in self.state.items()})
        description = {
            "type": TYPE,
            "version": VERSION,
            "architecture": self.architecture,
            "settings": dict(self.settings),
            "head": dataclasses.asdict(self.head),
            "input": json.loads(self.spec.to_json()),
            "labels": list(self.labels),
            "task": self.task,
            "pretrained_on": list(self.pretrained_on),
            "simulated": list(self.simulated),
            "public": self.public,
            "licence": self.licence,
            "seed": self.seed,
            "epoch": self.epoch,
            "metric": dict(self.metric),
            "weights_sha256": hashlib.sha256(weights).hexdigest(),
        }
        _write(folder / _WEIGHTS, weights)
        _write(folder / _DESCRIPTION, (json.dumps(description, indent=1) + "\n").encode())
        return folder

    @classmethod
    def load(cls, folder: Path, *, labels: Sequence[str] | None = None) -> Checkpoint:
        """Read a checkpoint.

        Parameters
        ----------
        folder : Path
        labels : sequence of str, optional
            What the caller expects the outputs to mean.

        Raises
        ------
        CheckpointError
            A file is missing, damaged or newer than this version; a weight is missing, unknown or of another shape; or
            the labels are others.
        """
        description = _description(folder / _DESCRIPTION)
        weights = _read(folder / _WEIGHTS)
        if hashlib.sha256(weights).hexdigest() != description.get("weights_sha256"):
            raise CheckpointError(
                f"{folder / _WEIGHTS} isn't the file that {_DESCRIPTION} was written for (its SHA-256 differs): copy "
                "the whole folder again, or train again"
            )
        checkpoint = _from_description(description, weights, folder)
        if labels is not None and tuple(labels) != checkpoint.labels:
            raise CheckpointError(
                f"{folder} was trained for the labels {list(checkpoint.labels)}, but {list(labels)} are asked for"
            )
        return checkpoint


def _from_description(description: Mapping[str, Any], weights: bytes, folder: Path) -> Checkpoint:
    try:
        state = dict(sorted(load(weights).items()))  # safetensors returns them in any order
        if description["version"] < VERSION:
            description, state = _from_version_1(description, state)
        return Checkpoint(
            architecture=description["architecture"],
            settings=description["settings"],
            spec=InputSpec.from_dict(description["input"]),
            labels=tuple(description["labels"]),
            task=description["task"],
            state=state,
            pretrained_on=tuple(description["pretrained_on"]),
            simulated=tuple(description.get("simulated", ())),  # absent in files of earlier versions
            head=HeadSettings(**description["head"]),
            public=description["public"],
            licence=description["licence"],
            seed=description["seed"],
            epoch=description["epoch"],
            metric=description["metric"],
        )
    except KeyError as error:
        raise CheckpointError(f"{folder / _DESCRIPTION} lacks the key {error}") from error
    except (SafetensorError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder} is damaged: {error}") from error
    except EinthovenError as error:
        raise CheckpointError(f"{folder}: {error}") from error


def _from_version_1(
    description: Mapping[str, Any], state: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return what version 2 holds: encoder and head stand apart, in the settings and in the weights' names."""
    settings = dict(description["settings"])
    head = {"dropout": settings.pop("dropout"), "hidden_width": settings.pop("head_width")}
    renamed = {name if name.startswith("head.") else f"encoder.{name}": tensor for name, tensor in state.items()}
    return {**description, "settings": settings, "head": head, "public": "", "licence": ""}, renamed


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


def _check_state(expected: Mapping[str, Tensor], state: Mapping[str, Tensor], *, labels: Sequence[str]) -> None:
    missing = sorted(set(expected) - set(state))
    unknown = sorted(set(state) - set(expected))
    if missing or unknown:
        raise CheckpointError(
            f"weights don't belong to the architecture: {len(missing)} are missing ({', '.join(missing[:3])}), "
            f"{len(unknown)} are unknown ({', '.join(unknown[:3])}); check architecture and settings"
        )
    for name, tensor in expected.items():
        if state[name].shape != tensor.shape:
            raise CheckpointError(
                f"weight {name} should have shape {tuple(tensor.shape)} for {len(labels)} labels and these settings "
                f"and leads, got {tuple(state[name].shape)}"
            )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(
            f"{path} can't be read ({error.strerror}): a checkpoint is a folder with {_WEIGHTS} and {_DESCRIPTION}"
        ) from error


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
