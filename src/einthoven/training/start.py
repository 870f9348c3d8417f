"""A network that starts from the encoder of a checkpoint instead of random weights."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from einthoven.errors import CheckpointError
from einthoven.models.architectures import resolved_settings
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.head_settings import HeadSettings
from einthoven.models.network import Network
from einthoven.training.arm import ArmSettings

__all__ = ["check_architecture", "load_start", "weights_hash"]

HEAD = "head."
OUTPUTS = ("head.linear.weight", "head.linear.bias")


def check_architecture(start: Checkpoint, arm: ArmSettings, *, leads: Sequence[str]) -> None:
    """Refuse a checkpoint of another architecture, other settings or other leads.

    Raises
    ------
    CheckpointError
        Names what differs.
    """
    asked = {"architecture": arm.architecture, "settings": resolved_settings(arm.architecture, arm.settings)}
    found = {"architecture": start.architecture, "settings": dict(start.settings)}
    for what, value in (asked | {"leads": tuple(leads)}).items():
        other = (found | {"leads": start.spec.leads})[what]
        if value != other:
            raise CheckpointError(f"the checkpoint to start from has other {what}: got {other}, the arm has {value}")


def load_start(network: Network, start: Checkpoint, *, labels: Sequence[str], head: HeadSettings) -> None:
    """Put the checkpoint's weights into a network: the encoder's, and the head's where labels and head are the same.

    Parameters
    ----------
    network : Network
        With an output for each of ``labels`` and perhaps, after these, for auxiliary labels, which stay as they are.
    start : Checkpoint
        Of the same architecture and leads.
    labels : sequence of str
    head : HeadSettings
        Of the network.
    """
    state = network.state_dict()
    same_head = bool(labels) and tuple(labels) == start.labels and head == start.head
    for name, tensor in start.state.items():
        if not name.startswith(HEAD):
            state[name] = tensor
        elif same_head:
            state[name] = _with_first_rows(state[name], tensor) if name in OUTPUTS else tensor
    network.load_state_dict(state)


def weights_hash(state: Mapping[str, Tensor]) -> str:
    """SHA-256 over names and values."""
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        digest.update(name.encode() + tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _with_first_rows(whole: Tensor, first: Tensor) -> Tensor:
    return torch.cat([first.to(whole.dtype), whole[len(first) :]])
