"""The checkpoint that a pretraining leaves: an encoder, or a whole network where labels were learnt."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from einthoven.ecg.input_spec import InputSpec
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.head_settings import HeadSettings
from einthoven.models.heads import build_head
from einthoven.models.network import Network
from einthoven.training.pretrain_module import PretrainModule
from einthoven.training.pretrain_parts import PretrainParts
from einthoven.training.pretrain_settings import PretrainSettings

__all__ = ["pretrained_checkpoint", "weights_hash"]


def pretrained_checkpoint(
    settings: PretrainSettings,
    parts: PretrainParts,
    module: PretrainModule,
    *,
    spec: InputSpec,
    seed: int,
    simulated: Collection[str],
    start: Checkpoint | None,
) -> Checkpoint:
    """Return the checkpoint of what the module keeps.

    Data sets that the weights have seen, the name of a published model and its licence are carried on from ``start``.
    """
    encoder, head = module.kept_encoder, module.kept_head
    no_head = build_head(
        HeadSettings(), feature_width=encoder.feature_width, token_width=encoder.token_width, n_labels=0
    )
    state = Network(encoder, head or no_head).state_dict()
    earlier = () if start is None else start.pretrained_on
    earlier_simulated = () if start is None else start.simulated
    seen = tuple(sorted({*earlier, *parts.data.sources}))
    return Checkpoint(
        architecture=settings.architecture,
        settings=settings.settings,
        spec=spec,
        labels=() if head is None else parts.data.labels,
        state={name: tensor.detach().cpu().contiguous() for name, tensor in state.items()},
        head=HeadSettings() if head is None else head.settings,
        pretrained_on=seen,
        simulated=tuple(name for name in seen if name in {*earlier_simulated, *simulated}),
        public="" if start is None else start.public,
        seen_in_pretraining=() if start is None else start.seen_in_pretraining,
        licence="" if start is None else start.licence,
        seed=seed,
        epoch=None if module.report is None else module.report.epoch,
        metric={} if module.report is None else {"pretraining_loss": module.report.terms["loss"]},
    )


def weights_hash(checkpoint: Checkpoint) -> str:
    """Return the SHA-256 over names and values of the weights."""
    digest = hashlib.sha256()
    for name, tensor in sorted(checkpoint.state.items()):
        digest.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
