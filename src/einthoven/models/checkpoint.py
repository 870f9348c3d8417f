"""A trained network on disk: weights as safetensors, everything else as JSON; both or nothing is read."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from einthoven.ecg.input_spec import InputSpec
from einthoven.errors import CheckpointError, EinthovenError
from einthoven.models.architectures import build, resolved_settings
from einthoven.models.checkpoint_file import DESCRIPTION, read_checkpoint, write_checkpoint
from einthoven.models.head_settings import HeadSettings
from einthoven.models.lead_adaptation import LeadAdaptation
from einthoven.models.network import Network
from einthoven.models.public.public_model import Seen

__all__ = ["Checkpoint"]


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
        Meaning of each score, in order (``HeadSettings`` says what a label is for each task); empty for an encoder
        without a head.
    state : mapping of str to Tensor
    pretrained_on : tuple of str
        Data sets whose records the weights have seen, for the check that no test set is among them.
    simulated : tuple of str
        Those of them whose patients are simulated.
    head : HeadSettings
        Says what the network was trained for: ``head.task``.
    adaptation : LeadAdaptation
        From the leads of ``spec`` to those of the encoder.
    public : str
        Name of the published model that the weights come from (``einthoven models list``); empty for our own.
    seen_in_pretraining : tuple of Seen
        What that model had seen before we had it: an evaluation on these data says little about other patients.
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
        When the weights don't fit architecture, leads and labels, or the adaptation is for other leads.
    """

    architecture: str
    settings: Mapping[str, Any]
    spec: InputSpec
    labels: tuple[str, ...]
    state: Mapping[str, Tensor]
    pretrained_on: tuple[str, ...] = ()
    simulated: tuple[str, ...] = dataclasses.field(default=(), kw_only=True)
    head: HeadSettings = dataclasses.field(default_factory=HeadSettings, kw_only=True)
    adaptation: LeadAdaptation = dataclasses.field(default_factory=LeadAdaptation, kw_only=True)
    public: str = dataclasses.field(default="", kw_only=True)
    seen_in_pretraining: tuple[Seen, ...] = dataclasses.field(default=(), kw_only=True)
    licence: str = dataclasses.field(default="", kw_only=True)
    seed: int | None = None
    epoch: int | None = None
    metric: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", resolved_settings(self.architecture, self.settings))
        if self.adaptation.kind != "none" and self.adaptation.from_leads != self.spec.leads:
            raise CheckpointError(
                f"the adaptation takes the leads {list(self.adaptation.from_leads)}, but the input spec gives "
                f"{list(self.spec.leads)}"
            )
        with torch.device("meta"):  # shapes alone: no memory, no random numbers
            expected = self._untrained().state_dict()
        _check_state(expected, self.state, labels=self.labels)

    @property
    def task(self) -> str:
        """What the network was trained for: key of ``HEADS``."""
        return self.head.task

    def network(self) -> Network:
        """Return the network with these weights, in evaluation mode, on the CPU."""
        # built in full, because what a network computes for itself (positions, masks) is in no file; the weights that
        # it starts with are thrown away, and the caller's random state stays as it is
        with torch.random.fork_rng(devices=[]):
            network = self._untrained()
        copies = {name: tensor.detach().cpu().clone() for name, tensor in self.state.items()}
        network.load_state_dict(copies, strict=True, assign=True)
        return network.eval()

    def save(self, folder: Path) -> Path:
        """Write the two files, replacing those of an earlier checkpoint, and return the folder."""
        description = {
            "architecture": self.architecture,
            "settings": dict(self.settings),
            "head": dataclasses.asdict(self.head),
            "adaptation": self.adaptation.to_dict(),
            "input": json.loads(self.spec.to_json()),
            "labels": list(self.labels),
            "pretrained_on": list(self.pretrained_on),
            "simulated": list(self.simulated),
            "public": self.public,
            "seen_in_pretraining": [dataclasses.asdict(one) for one in self.seen_in_pretraining],
            "licence": self.licence,
            "seed": self.seed,
            "epoch": self.epoch,
            "metric": dict(self.metric),
        }
        write_checkpoint(folder, description, self.state)
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
        file = read_checkpoint(folder)
        checkpoint = _from_description(file.description, file.state, folder)
        if labels is not None and tuple(labels) != checkpoint.labels:
            raise CheckpointError(
                f"{folder} was trained for the labels {list(checkpoint.labels)}, but {list(labels)} are asked for"
            )
        return checkpoint

    def _untrained(self) -> Network:
        return build(
            self.architecture,
            n_leads=len(self.spec.leads),
            n_labels=len(self.labels),
            head=self.head,
            adaptation=self.adaptation,
            **self.settings,
        )


def _from_description(description: Mapping[str, Any], state: Mapping[str, Tensor], folder: Path) -> Checkpoint:
    try:
        return Checkpoint(
            architecture=description["architecture"],
            settings=description["settings"],
            spec=InputSpec.from_dict(description["input"]),
            labels=tuple(description["labels"]),
            state=state,
            pretrained_on=tuple(description["pretrained_on"]),
            simulated=tuple(description.get("simulated", ())),  # absent in files of earlier versions
            head=HeadSettings.from_dict(description["head"]),
            adaptation=LeadAdaptation.from_dict(description["adaptation"]),
            public=description["public"],
            seen_in_pretraining=tuple(Seen(**one) for one in description["seen_in_pretraining"]),
            licence=description["licence"],
            seed=description["seed"],
            epoch=description["epoch"],
            metric=description["metric"],
        )
    except KeyError as error:
        raise CheckpointError(f"{folder / DESCRIPTION} lacks the key {error}") from error
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{folder} is damaged: {error}") from error
    except EinthovenError as error:
        raise CheckpointError(f"{folder}: {error}") from error


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
