"""Weights that others published become a checkpoint, strictly: every tensor is loaded, ignored for a stated reason, or
the file is refused. No random weight passes as a loaded one.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from einthoven.errors import CheckpointError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.public.public_model import Ignored, PublicModel
from einthoven.models.public.weight_file import WeightFile, read_weight_file

__all__ = ["LoadReport", "check_weights", "examine", "expected_weights", "load_public", "match", "share_known"]

# what training wrappers (DistributedDataParallel, torch.compile, Lightning) put before every key
_WRAPPERS = ("module.", "_orig_mod.", "model.")
# torch.nn.utils.weight_norm and torch.nn.utils.parametrizations.weight_norm name the same two tensors differently
_OLD_WEIGHT_NORM = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of each tensor of a file, by its published name: without what wrappers put before it, weight
    normalisation in its newer spelling, layers of Keras counted from 1.

    Attributes
    ----------
    loaded : mapping of str to str
        Name in the file to name in the network.
    ignored : mapping of str to str
        Name to the reason why the network does without.
    missing : tuple of str
        Weights of the network that nothing in the file fills.
    unexpected : tuple of str
        Tensors that nobody knows.
    wrong_shape : mapping of str to (found, expected)
    wrong_kind : tuple of str
        Tensors of whole numbers where weights are expected, or the other way round.
    not_finite : tuple of str
        Tensors that hold NaN or infinity.
    doubled : mapping of str to tuple of str
        Weights of the network that several tensors claim.
    sha256 : str
        Of the file; empty for tensors that come from none.
    """

    loaded: Mapping[str, str]
    ignored: Mapping[str, str]
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    wrong_shape: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = dataclasses.field(default_factory=dict)
    wrong_kind: tuple[str, ...] = ()
    not_finite: tuple[str, ...] = ()
    doubled: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    sha256: str = ""

    @property
    def complete(self) -> bool:
        """Whether every weight is filled and every tensor accounted for."""
        return not self.complaints

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is wrong, a sentence each; empty when ``complete``."""
        return (
            *(f"{name} is missing" for name in self.missing),
            *(f"{name} is unexpected" for name in self.unexpected),
            *(f"{name} has shape {got}, not {wanted}" for name, (got, wanted) in self.wrong_shape.items()),
            *(f"{name} is of another kind of number (whole, real)" for name in self.wrong_kind),
            *(f"{name} holds NaN or infinity" for name in self.not_finite),
            *(f"{name} is claimed by {' and '.join(claims)}" for name, claims in self.doubled.items()),
        )


def load_public(
    model: PublicModel, path: Path, *, preset: str | None = None, encoder_only: bool = False
) -> tuple[Checkpoint, LoadReport]:
    """Return the checkpoint that a published file makes, and what became of each tensor.

    Parameters
    ----------
    model : PublicModel
    path : Path
    preset : str, optional
        Key of ``model.presets``; the first by default.
    encoder_only : bool
        Leave labels and head away.

    Raises
    ------
    CheckpointError
        The file can't be read or isn't this model's; each tensor that is missing, unexpected or misshapen is named.
    UnknownNameError
        No such preset; names the nearest.
    """
    spec = model.prepared_as(preset)
    file = read_weight_file(path, container=model.container)
    state, report = _matched(model, file, encoder_only=encoder_only)
    if not report.complete:
        raise CheckpointError(_refusal(model, file, report))
    checkpoint = Checkpoint(
        model.architecture,
        model.settings,
        spec,
        () if encoder_only else model.labels,
        state,
        tuple(dict.fromkeys(one.data_set for one in model.pretrained_on)),
        head=model.head,
        public=model.name,
        seen_in_pretraining=model.pretrained_on,
        licence=model.weight_licence,
    )
    return checkpoint, report


def check_weights(model: PublicModel, path: Path) -> tuple[LoadReport, WeightFile]:
    """Return what would become of each tensor of a file, without refusing it, and the file."""
    file = read_weight_file(path, container=model.container)
    return examine(model, file), file


def examine(model: PublicModel, file: WeightFile) -> LoadReport:
    """Return what would become of each tensor."""
    return _matched(model, file)[1]


def share_known(model: PublicModel, tensors: Mapping[str, Tensor]) -> float:
    """Return the share of a file's names that the model knows, to load or to ignore them."""
    named = _without_wrapper(tensors)
    known = [
        name for name in named if _reason_to_ignore(name, model.ignored) is not None or _target(name, model.key_map)
    ]
    return len(known) / max(1, len(named))


def match(
    model: PublicModel, tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], LoadReport]:
    """Return the network's state, as far as the tensors fill it, and the report; names and shapes count, not values.

    Parameters
    ----------
    model : PublicModel
    tensors : mapping of str to Tensor
        By their published names; prefixes of training wrappers and both spellings of weight normalisation are accepted.
    expected : mapping of str to Tensor
        As ``expected_weights`` returns it; where it has no head, the file's head is ignored.
    """
    named = _without_wrapper(tensors)
    ignored = {name: reason for name in named if (reason := _reason_to_ignore(name, model.ignored)) is not None}
    kept = _as_torch_lays_out(model, {name: tensor for name, tensor in named.items() if name not in ignored})
    targets = {name: _target(name, model.key_map) for name in kept}
    if not any(map(_is_head, expected)):
        ignored |= {name: "the encoder alone is asked for" for name, target in targets.items() if _is_head(target)}
    claims: dict[str, list[str]] = {}
    for name, target in targets.items():
        if target is not None and target in expected:
            claims.setdefault(target, []).append(name)
    first = {names[0]: target for target, names in claims.items()}
    shapes = {
        name: (tuple(kept[name].shape), tuple(expected[target].shape))
        for name, target in first.items()
        if kept[name].shape != expected[target].shape
    }
    report = LoadReport(
        loaded={name: target for name, target in first.items() if name not in shapes},
        ignored=ignored,
        missing=tuple(target for target in expected if target not in claims),
        unexpected=tuple(name for name, target in targets.items() if target not in expected and name not in ignored),
        wrong_shape=shapes,
        wrong_kind=tuple(name for name, target in first.items() if not _same_kind(kept[name], expected[target])),
        doubled={target: tuple(names) for target, names in claims.items() if len(names) > 1},
    )
    return {target: _typed(kept[name], expected[target]) for name, target in first.items()}, report


def expected_weights(model: PublicModel, *, encoder_only: bool = False) -> dict[str, Tensor]:
    """Return the network's weights by name, with shapes and types but without values (device ``meta``)."""
    with torch.device("meta"):
        network = build(
            model.architecture,
            n_leads=len(model.spec.leads),
            n_labels=0 if encoder_only else len(model.labels),
            head=model.head,
            **model.settings,
        )
    return dict(network.state_dict())


def _matched(
    model: PublicModel, file: WeightFile, *, encoder_only: bool = False
) -> tuple[dict[str, Tensor], LoadReport]:
    state, report = match(model, file.tensors, expected_weights(model, encoder_only=encoder_only))
    names = {target: name for name, target in report.loaded.items()}
    wrong = (name for target, name in names.items() if not bool(state[target].isfinite().all()))
    return state, dataclasses.replace(report, not_finite=tuple(wrong), sha256=file.sha256)


def _without_wrapper(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    prefix = ""
    while more := next((w for w in _WRAPPERS if tensors and all(n.startswith(prefix + w) for n in tensors)), ""):
        prefix += more  # wrappers may be wrapped
    return {_weight_norm(name.removeprefix(prefix)): tensor for name, tensor in tensors.items()}


def _weight_norm(name: str) -> str:
    stem, _, last = name.rpartition(".")
    return f"{stem}.{_OLD_WEIGHT_NORM[last]}" if last in _OLD_WEIGHT_NORM else name


@lru_cache(maxsize=8192)
def _reason_to_ignore(name: str, ignored: tuple[Ignored, ...]) -> str | None:
    return next((one.reason for one in ignored if re.fullmatch(one.pattern, name)), None)


def _as_torch_lays_out(model: PublicModel, tensors: dict[str, Tensor]) -> Mapping[str, Tensor]:
    if not model.converter:
        return tensors
    module, _, function = model.converter.partition(":")
    converted: Mapping[str, Tensor] = getattr(importlib.import_module(module), function)(tensors)
    return converted


@lru_cache(maxsize=8192)  # a file is matched with one model after the other
def _target(name: str, key_map: tuple[tuple[str, str], ...]) -> str | None:
    """Return what a tensor of the file is called in the network."""
    matches = ((re.fullmatch(pattern, name), replacement) for pattern, replacement in key_map)
    return next((matched.expand(replacement) for matched, replacement in matches if matched), None)


def _is_head(target: str | None) -> bool:
    return target is not None and target.startswith("head.")


def _same_kind(tensor: Tensor, expected: Tensor) -> bool:
    return tensor.is_floating_point() == expected.is_floating_point()


def _typed(tensor: Tensor, expected: Tensor) -> Tensor:
    return tensor.to(expected.dtype) if tensor.is_floating_point() else tensor


def _refusal(model: PublicModel, file: WeightFile, report: LoadReport) -> str:
    shown = report.complaints[:6]
    more = len(report.complaints) - len(shown)
    return (
        f"{file.path} isn't {model.name} as published, so nothing is loaded: {'; '.join(shown)}"
        f"{f'; and {more} more' if more else ''}. `einthoven models check FILE --as {model.name}` lists all"
    )
