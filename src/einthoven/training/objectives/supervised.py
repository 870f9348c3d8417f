"""Pretraining on labels: yes and no of many diagnoses at once, each of which may be unknown for any ECG.

What published encoders learnt from: 46 labels made automatically, 68 of cardiologists (doi:10.1093/ehjdh/ztaf051), 71
statements of PTB-XL, 150 diagnoses. Unknown and uncertain labels (NaN) teach nothing. The loss is the sum over known
labels, divided by *all* windows and labels: a window without labels adds nothing, and the step is the same however
windows are dealt out to micro-batches and processes, which a mean over known labels would not be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import torch
from torch import Tensor
from typing_extensions import override

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.models.head_settings import HeadSettings
from einthoven.models.heads import Head, build_head
from einthoven.models.plain_settings import settings_from
from einthoven.training.arm import PositiveWeights
from einthoven.training.loss_settings import LossSettings
from einthoven.training.objectives.label_loss import balancing_weights, entry_losses
from einthoven.training.objectives.objective import Facts, Objective, Terms, Views

__all__ = ["Supervised", "SupervisedSettings"]


@dataclass(frozen=True, slots=True)
class SupervisedSettings:
    """How labels are learnt.

    Attributes
    ----------
    loss : LossSettings or mapping
    positive_weights : ``none`` or ``balanced``
        ``balanced`` weights positives by negatives / positives of the pretraining data.
    label_smoothing : float in [0, 1)
        Targets move by half of it towards 0.5.
    head : HeadSettings or mapping
        Its task is ``binary``, without covariates.
    """

    loss: LossSettings = field(default_factory=LossSettings)
    positive_weights: PositiveWeights = "none"
    label_smoothing: float = 0.0
    head: HeadSettings = field(default_factory=HeadSettings)

    def __post_init__(self) -> None:
        kinds: dict[str, type[Any]] = {"loss": LossSettings, "head": HeadSettings}
        for name, kind in kinds.items():
            given = getattr(self, name)
            if isinstance(given, Mapping):
                object.__setattr__(self, name, settings_from(kind, given, where=name))
            elif not isinstance(given, kind):
                raise SpecificationError(f"{name} is a table, got {given!r}")
        if self.positive_weights not in get_args(PositiveWeights):
            accepted = ", ".join(get_args(PositiveWeights))
            raise SpecificationError(f"positive_weights must be one of {accepted}, got {self.positive_weights!r}")
        if not 0 <= self.label_smoothing < 1:
            raise SpecificationError(f"label_smoothing must lie in [0, 1), got {self.label_smoothing}")
        if self.head.task != "binary" or self.head.n_covariates:
            raise SpecificationError(
                "labels are learnt as yes and no from signals alone: head.task must be 'binary' without covariates, "
                f"got {self.head.task!r} with {self.head.n_covariates}"
            )


class Supervised(Objective):
    """A head on the encoder, and the loss of its outputs.

    Parameters
    ----------
    settings : SupervisedSettings
    encoder : Encoder
    facts : Facts

    Raises
    ------
    SpecificationError
        Nothing is labelled.
    """

    settings_type = SupervisedSettings

    def __init__(self, settings: SupervisedSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        if not facts.labels:
            raise SpecificationError("the objective supervised needs labels: name them in pretrain.NAME.labels")
        self._settings = settings
        self._head = build_head(
            settings.head,
            feature_width=encoder.feature_width,
            token_width=encoder.token_width,
            n_labels=len(facts.labels),
        )
        weight = (
            balancing_weights(facts.positives, facts.negatives) if settings.positive_weights == "balanced" else None
        )
        self.register_buffer("_positive_weight", weight, persistent=False)

    @property
    @override
    def head(self) -> Head:
        """What turns features into the labels of ``Facts``."""
        return self._head

    @override
    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss``, the sum over known labels over all windows and labels, and ``known``, the share of these."""
        read = encoder.tokens(views.signal) if self._head.takes_tokens else encoder(views.signal)
        logits = self._head(read).float()
        weight = self._positive_weight
        assert weight is None or isinstance(weight, Tensor)
        entries = entry_losses(
            logits,
            views.target,
            loss=self._settings.loss,
            label_smoothing=self._settings.label_smoothing,
            positive_weight=weight,
        )
        return {"loss": entries.mean(), "known": (~torch.isnan(views.target)).float().mean()}
