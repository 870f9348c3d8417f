"""What every pretraining objective offers to the engine, whatever it asks of the encoder.

An objective owns what is thrown away after pretraining (decoder, predictor, teacher, queue, head) and borrows the
encoder. Its random choices (masks, negatives) come from the samples' keys through ``counter_random``, so they depend
neither on the number of processes or workers nor on the size of the micro-batch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from einthoven.models.encoder import Encoder
from einthoven.models.heads import Head

__all__ = ["Facts", "Objective", "Pairing", "Terms", "Views", "weights_of"]

Pairing = Literal["none", "segment", "patient"]
"""What a sample's partner is: nothing, another window of its record, or a window of another ECG of its patient."""

Terms = dict[str, Tensor]
"""Scalars by name: ``loss`` is descended, the others (shares of it, accuracies) are logged and need no gradient."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an objective may know when it is built.

    Attributes
    ----------
    leads : tuple of str
    window_samples : int
    rate_hz : float
    labels : tuple of str
        Of ``Views.target``; empty where nothing is labelled.
    positives, negatives : int64 (C,)
        Records of the pretraining data with the label and without it.
    vector_width : int
        Of ``Views.vector``; 0 where there are none.
    """

    leads: tuple[str, ...]
    window_samples: int
    rate_hz: float
    labels: tuple[str, ...] = ()
    positives: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    negatives: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    vector_width: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """One micro-batch on the device, as the encoder sees it.

    Attributes
    ----------
    signal : float32 (B, L, T)
        Windows, normalised and disturbed.
    partner : float32 (B, L, T), optional
        A second window of each sample, disturbed for itself, where the objective's ``pairing`` asks for one.
    key : int64 (B,), 0 to 2**32 - 1
        Random key of a sample in this epoch.
    patient : int64 (B,)
        Equal for windows of one patient.
    target : float32 (B, C)
        0 to 1, NaN for unknown.
    vector : float32 (B, V), optional
        The other modality's vector, a row of NaN where a record has none.
    progress : float in [0, 1]
        Share of the training that is done.
    """

    signal: Tensor
    partner: Tensor | None
    key: Tensor
    patient: Tensor
    target: Tensor
    vector: Tensor | None = None
    progress: float = 0.0


class Objective(nn.Module, ABC):
    """A term of the pretraining loss.

    An objective is a final subclass that names its frozen dataclass of settings in ``settings_type`` and is made by
    ``Objective(settings, encoder, facts)``; it keeps no reference to the encoder. A constructor refuses by name an
    encoder that it can't train, or facts that it can't work with.
    """

    settings_type: ClassVar[type[Any]]
    pairing: Pairing = "none"

    @abstractmethod
    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss``, a scalar, the mean over the samples of *all* processes' micro-batches where it compares
        samples with each other (``gathered``), over those of this one otherwise; and terms to log.
        """

    def after_step(self, encoder: Encoder, *, progress: float) -> None:
        """Do what follows a step of the optimiser, such as moving a teacher towards the encoder."""

    @property
    def head(self) -> Head | None:
        """What turns features into the labels of ``Facts``, kept with the encoder; None where nothing is labelled."""
        return None


def weights_of(objectives: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return the weight of each objective of a study's table, 1 where it isn't given.

    Examples
    --------
    >>> weights_of({"cpc": {"weight": 0.5, "steps": 12}, "supervised": {}})
    {'cpc': 0.5, 'supervised': 1.0}
    """
    return {name: float(values.get("weight", 1.0)) for name, values in objectives.items()}
