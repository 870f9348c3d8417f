"""An ECG is nearer to its patient's vector of another modality, or its own report, than to those of other patients.

Symmetric InfoNCE with a learnt temperature as in CLIP (Radford et al. 2021, arXiv:2103.00020, figure 3; the inverse
temperature stays under 100). With ``frames`` a vector is a sequence over time, as of a film of the heart, and a second,
local term aligns stretches of the ECG with frames of the same patient, as in PTACL (Selivanov et al. 2025,
arXiv:2506.20683: global loss between patients, local loss in time within each patient).

Ours differs in that the other modality comes as vectors from a network that isn't trained here; in that vectors of the
same patient, and equal ones (one report's wording, a still heart), are never negatives of each other; and in that the
ECG's tokens are laid on frames by the phase between two beats (a film of the heart is one beat) or over the window.
PTACL's code isn't public where we could read it: weights, temperatures and its way to cut the ECG are our choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from typing_extensions import override

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.training.objectives.gathered import gathered
from einthoven.training.objectives.info_nce import info_nce, other_patients
from einthoven.training.objectives.mean_over_processes import mean_over_processes
from einthoven.training.objectives.objective import Facts, Objective, Terms, Views
from einthoven.training.objectives.projection import Projection
from einthoven.training.objectives.row_numbers import row_numbers
from einthoven.training.objectives.token_frames import FramesOf, frames_of_tokens

__all__ = ["CrossModal", "CrossModalSettings"]

LARGEST_SCALE = math.log(100)
"""Of the inverse temperature: CLIP, section 2.5."""


@dataclass(frozen=True, slots=True)
class CrossModalSettings:
    """Where both modalities meet.

    Attributes
    ----------
    width, hidden_width : int
        Of the common space and of the perceptrons that lead there; a ``hidden_width`` of 0 makes them linear.
    temperature : float
        At the start, from 0.01 on.
    frames : int
        Of which a vector consists, one after another; 0 where it isn't a sequence.
    frames_of : ``beat`` or ``window``
        Whether the frames divide the time from one beat to the next, or the whole window.
    local_weight : float
        Of the term within patients, beside the term between patients.
    """

    width: int = 128
    hidden_width: int = 256
    temperature: float = 0.07
    frames: int = 0
    frames_of: FramesOf = "beat"
    local_weight: float = 1.0

    def __post_init__(self) -> None:
        if self.width < 1 or self.hidden_width < 0 or self.frames < 0 or self.frames == 1:
            raise SpecificationError(
                "width of cross_modal starts at 1, hidden_width at 0, and frames are 0 or from 2 on, got "
                f"{self.width}, {self.hidden_width} and {self.frames}"
            )
        if not self.temperature >= 0.01 or self.local_weight < 0:
            raise SpecificationError(
                "temperature of cross_modal starts at 0.01 and local_weight isn't negative, got "
                f"{self.temperature} and {self.local_weight}"
            )
        if self.frames_of not in get_args(FramesOf):
            raise SpecificationError(
                f"frames_of of cross_modal must be one of {', '.join(get_args(FramesOf))}, got {self.frames_of!r}"
            )


class CrossModal(Objective):
    """InfoNCE between ECGs and vectors, both ways.

    Parameters
    ----------
    settings : CrossModalSettings
    encoder : Encoder
    facts : Facts
        With vectors.
    """

    settings_type: ClassVar[type[CrossModalSettings]] = CrossModalSettings

    def __init__(self, settings: CrossModalSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        if not facts.vector_width:
            raise SpecificationError(
                "cross_modal compares ECGs with vectors, and there are none: name their file, key and column in "
                "[pretrain.NAME.vectors]"
            )
        if settings.frames and facts.vector_width % settings.frames:
            raise SpecificationError(
                f"vectors of {facts.vector_width} numbers can't be cut into {settings.frames} frames: frames of "
                "cross_modal must divide their length"
            )
        self.settings, self.rate_hz = settings, facts.rate_hz
        shape = {"hidden_width": settings.hidden_width, "width": settings.width}
        self.of_ecg = Projection(encoder.feature_width, **shape)
        self.of_vector = Projection(facts.vector_width // max(1, settings.frames), **shape)
        self.of_token = Projection(encoder.token_width, **shape) if settings.frames else None
        self.log_scale = nn.Parameter(torch.tensor(-math.log(settings.temperature)))

    @override
    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss`` and its ``global`` and ``local`` terms; ``accuracy``, the share of ECGs whose own vector is
        nearest; ``paired``, the share of ECGs with a vector; and ``temperature``.
        """
        assert views.vector is not None
        paired = ~torch.isnan(views.vector).any(dim=1)
        vector = torch.where(paired.unsqueeze(1), views.vector, 0.0)
        tokens = encoder.tokens(views.signal)
        frames = self.of_vector.unscaled(vector.reshape(len(vector), max(1, self.settings.frames), -1))
        scale = self.log_scale.clamp(max=LARGEST_SCALE).exp()
        between, found = self._between_patients(
            self.of_ecg(encoder.pool(tokens)),
            F.normalize(frames.mean(dim=1), dim=1),
            views=views,
            paired=paired,
            scale=scale,
        )
        terms = {
            "loss": between,
            "global": between,
            "accuracy": found,
            "paired": paired.float().mean(),
            "temperature": 1 / scale,
        }
        if self.of_token is not None:
            stretches, seen = frames_of_tokens(
                tokens,
                encoder,
                views.signal,
                count=self.settings.frames,
                kind=self.settings.frames_of,
                rate_hz=self.rate_hz,
            )
            there = seen & paired.unsqueeze(1)
            within = _within_patients(self.of_token(stretches), frames, vector=vector, there=there, scale=scale)
            terms |= {"loss": between + self.settings.local_weight * within, "local": within}
        return {name: term if name == "loss" else term.detach() for name, term in terms.items()}

    def _between_patients(
        self, ecg: Tensor, vector: Tensor, *, views: Views, paired: Tensor, scale: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the loss, and the share of ECGs whose own vector is nearest."""
        assert views.vector is not None
        ecgs, vectors = gathered(ecg), gathered(vector)
        own = ecgs.begin + torch.arange(len(ecg), device=ecg.device)
        number = row_numbers(views.vector)
        negatives = other_patients(views.patient, gathered(views.patient).rows)
        negatives &= number.unsqueeze(1) != gathered(number).rows
        negatives &= gathered(paired).rows
        to_vector, to_ecg = (
            info_nce(query, keys.rows, positive=own, negatives=negatives, inverse_temperature=scale)
            for query, keys in ((ecg, vectors), (vector, ecgs))
        )
        loss = mean_over_processes((to_vector.loss + to_ecg.loss) / 2, paired)
        return loss, mean_over_processes(to_vector.found, paired)

    @override
    @torch.no_grad()
    def after_step(self, encoder: Encoder, *, progress: float) -> None:
        self.log_scale.clamp_(max=LARGEST_SCALE)


def _within_patients(ecg: Tensor, frames: Tensor, *, vector: Tensor, there: Tensor, scale: Tensor) -> Tensor:
    """Return the loss of frames (B, F, D) of both modalities, each against the others of its patient.

    Frames that no token falls in, and frames equal to the own one, are no negatives.
    """
    count = frames.shape[1]
    number = row_numbers(vector.reshape(len(vector) * count, -1)).reshape(-1, count)
    allowed = (number.unsqueeze(2) != number.unsqueeze(1)) & there.unsqueeze(1)
    with torch.autocast(ecg.device.type, enabled=False):
        frames = F.normalize(frames, dim=2)
        similarity = ecg @ frames.transpose(1, 2) * scale
        own = similarity.diagonal(dim1=1, dim2=2)
        keys = allowed | torch.eye(count, dtype=torch.bool, device=ecg.device)
        to_frame = torch.logsumexp(torch.where(keys, similarity, -torch.inf), dim=2)
        to_ecg = torch.logsumexp(torch.where(keys, similarity.transpose(1, 2), -torch.inf), dim=2)
        return mean_over_processes((to_frame + to_ecg) / 2 - own, there)
