"""Two ECGs of one patient, or two windows of one ECG, are closer to each other than to ECGs of other patients.

Two ECGs of a patient as in PCLR (Diamant et al. 2022, doi:10.1371/journal.pcbi.1009862; code:
github.com/broadinstitute/ml4h, BSD), two windows as in CLOCS (Kiyasseh et al. 2021, arXiv:2005.13249). The loss is
that of SimCLR (Chen et al. 2020, arXiv:2002.05709, equation 1) over both windows of all samples; with ``momentum`` keys
come from a slowly moving copy of the encoder, and with ``queue`` keys of earlier steps are negatives too (MoCo, He et
al. 2020, arXiv:1911.05722). The momentum rises to 1 along a cosine (MoCo v3, Chen et al. 2021, arXiv:2104.02057).

Ours differs in that no key of the query's own patient is ever a negative, neither in the batch nor in the queue; in
that both windows are queries and keys and the batch stays in the contrast beside the queue; in that the copy normalises
with moving statistics (Cai et al. 2021, arXiv:2101.08482) in place of shuffled batches; and in that neither projection
nor prediction has BatchNorm (MoCo v3's predictor is left out).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor, nn
from typing_extensions import override

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.training.objectives.gathered import gathered
from einthoven.training.objectives.info_nce import info_nce, other_patients
from einthoven.training.objectives.key_queue import KeyQueue
from einthoven.training.objectives.objective import Facts, Objective, Pairing, Terms, Views
from einthoven.training.objectives.projection import Projection

__all__ = ["PatientContrast", "PatientContrastSettings"]

Positives = Literal["patient", "segment"]


@dataclass(frozen=True, slots=True)
class PatientContrastSettings:
    """What is compared with what.

    Attributes
    ----------
    positives : ``patient`` or ``segment``
        Another ECG of the patient, or another window of the same ECG.
    temperature : float
    projection_width, hidden_width : int
        Of the perceptron between features and contrast.
    momentum : float in [0, 1)
        What the copy of the encoder keeps of itself in the first step; 0 for no copy.
    queue : int
        Windows of earlier steps that are negatives; needs ``momentum``.
    """

    positives: Positives = "patient"
    temperature: float = 0.1
    projection_width: int = 128
    hidden_width: int = 512
    momentum: float = 0.99
    queue: int = 4096

    def __post_init__(self) -> None:
        if self.positives not in get_args(Positives):
            raise SpecificationError(
                f"positives of patient_contrast must be one of {', '.join(get_args(Positives))}, got {self.positives!r}"
            )
        if not self.temperature > 0 or not 0 <= self.momentum < 1:
            raise SpecificationError(
                "temperature of patient_contrast is positive and momentum lies in [0, 1), got "
                f"{self.temperature} and {self.momentum}"
            )
        if self.projection_width < 1 or min(self.hidden_width, self.queue) < 0:
            raise SpecificationError(
                "projection_width of patient_contrast starts at 1, hidden_width and queue at 0, got "
                f"{self.projection_width}, {self.hidden_width} and {self.queue}"
            )
        if self.queue and not self.momentum:
            raise SpecificationError(
                "a queue needs momentum, or its keys would come from another network than the queries: "
                f"set momentum (0.99, say) or queue = 0, got queue = {self.queue}"
            )


class PatientContrast(Objective):
    """InfoNCE between windows of one patient.

    Parameters
    ----------
    settings : PatientContrastSettings
    encoder : Encoder
    facts : Facts
    """

    settings_type: ClassVar[type[PatientContrastSettings]] = PatientContrastSettings
    pairing: Pairing = "patient"

    def __init__(self, settings: PatientContrastSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        del facts  # any window will do
        self.pairing = settings.positives
        self.settings = settings
        self.projection = Projection(
            encoder.feature_width, hidden_width=settings.hidden_width, width=settings.projection_width
        )
        self.key_encoder: nn.Sequential | None = None
        if settings.momentum:
            self.key_encoder = copy.deepcopy(nn.Sequential(encoder, self.projection)).requires_grad_(False).eval()
        self.queue = KeyQueue(settings.queue, settings.projection_width)

    @override
    def train(self, mode: bool = True) -> PatientContrast:
        super().train(mode)
        if self.key_encoder is not None:
            self.key_encoder.eval()
        return self

    @override
    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss``, the share of windows whose own key is nearest (``accuracy``), and their mean number of
        ``negatives``.
        """
        assert views.partner is not None
        both = torch.cat([views.signal, views.partner])
        query = _by_sample(self.projection(encoder(both)))
        keys = gathered(self._keys(both, query))
        patient, sample = gathered(views.patient).rows, gathered(views.key).rows
        candidates, whose = keys.rows.flatten(0, 1), patient.repeat_interleave(2)
        own = 2 * keys.begin + torch.arange(2 * len(query), device=query.device)
        negatives = other_patients(whose[own], torch.cat([whose, self.queue.patient]))
        negatives[:, len(whose) :] &= self.queue.filled
        contrast = info_nce(
            query.flatten(0, 1),
            torch.cat([candidates, self.queue.rows]),
            positive=own ^ 1,  # windows of a sample stand side by side
            negatives=negatives,
            inverse_temperature=1 / self.settings.temperature,
        )
        if self.training:
            self.queue.wait(candidates, patient=whose, sample=torch.stack([2 * sample, 2 * sample + 1], 1).flatten())
        return {
            "loss": contrast.loss.mean(),
            "accuracy": contrast.found.mean(),
            "negatives": negatives.sum(dim=1).float().mean(),
        }

    def _keys(self, both: Tensor, query: Tensor) -> Tensor:
        """Return float32 (B, 2, D)."""
        if self.key_encoder is None:
            return query
        with torch.no_grad():
            return _by_sample(self.key_encoder(both))

    @override
    @torch.no_grad()
    def after_step(self, encoder: Encoder, *, progress: float) -> None:
        self.queue.push()
        if self.key_encoder is None:
            return
        kept = 1 - (1 - self.settings.momentum) * (1 + math.cos(math.pi * progress)) / 2
        current = nn.Sequential(encoder, self.projection)
        _move(self.key_encoder.parameters(), current.parameters(), kept=kept)
        _move(self.key_encoder.buffers(), current.buffers(), kept=kept)


def _by_sample(windows: Tensor) -> Tensor:
    """Return (B, 2, D) of (2 B, D), in which the second windows follow on the first."""
    first, second = windows.chunk(2)
    return torch.stack([first, second], dim=1)


def _move(slow: Iterable[Tensor], fast: Iterable[Tensor], *, kept: float) -> None:
    for mine, theirs in zip(slow, fast, strict=True):
        if mine.is_floating_point():
            mine.lerp_(theirs.to(mine.dtype), 1 - kept)
        else:
            mine.copy_(theirs)
