"""Contrastive predictive coding: from what an ECG was, tell which latent comes next among others.

van den Oord, Li, Vinyals 2018, arXiv:1807.03748; on ECGs: Mehari and Strodthoff 2022,
doi:10.1016/j.compbiomed.2021.105114 (code: github.com/tmehari/ecg-selfsupervised), and with state spaces "ECG-CPC",
Al-Masud, Lopez Alcaraz, Strodthoff, ICLR 2026, arXiv:2509.25095 (code: github.com/AI4HealthUOL/ecg-fm-benchmarking; no
licence stated in either: read for facts alone). A linear map without bias of the context ``c_t``, one per distance k,
predicts the latent ``z_(t+k)``; its inner product with that latent stands against those with 128 others (InfoNCE).
Context and latents both learn.

Van den Oord predict each of 12 distances, both ECG papers one alone, 120 ms ahead (12 of 100 Hz; 14 of 120 Hz): here
``nearest = 14, steps = 1``. Ours differs from theirs in these:

- The nearest latent that may be predicted shares no sample with what the context has seen through its convolutions.
- Where a window has no more than ``window_negatives`` other latents, each of them stands against the prediction once.
- Negatives are drawn per predicted latent from the sample's key; the loss is a mean over latents and distances, where
  theirs adds up over latents.

Batch normalisation in the stem ties a latent to the mean and variance of its micro-batch, as theirs: what a context
learns of the future by it is the same for all latents that stand against each other. Latents of the window's past stand
against a prediction, as theirs: a context that remembers some of them rules these out, so that even noise is told a
little better than by chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.models.state_space_encoder import StateSpaceEncoder
from einthoven.training.objectives.latent_contrast import other_windows, tell_latents, window_negatives
from einthoven.training.objectives.objective import Facts, Objective, Terms, Views

__all__ = ["Cpc", "CpcSettings", "nearest_unseen"]

Predictor = Literal["linear", "mlp"]
Similarity = Literal["dot", "cosine"]


@dataclass(frozen=True, slots=True)
class CpcSettings:
    """What is predicted, and against what.

    Attributes
    ----------
    nearest : int
        Tokens ahead of the context; 0 for the nearest that shares no sample with what the context has seen.
    steps : int
        So many tokens in a row are predicted, the first of them ``nearest`` ahead, each by a map of its own.
    window_negatives : int
        Other latents of the window, drawn with repeats; each of them once where the window has no more.
    batch_negatives : int
        Latents of other windows of the micro-batch (of all processes), drawn with repeats per window.
    predictor : ``linear`` or ``mlp``
        The latter puts a layer of the context's width and a ReLU before the linear maps.
    similarity : ``dot`` or ``cosine``
    temperature : float
        By which similarities are divided; 0.1 suits ``cosine``.
    """

    nearest: int = 0
    steps: int = 12
    window_negatives: int = 128
    batch_negatives: int = 0
    predictor: Predictor = "linear"
    similarity: Similarity = "dot"
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if self.nearest < 0 or self.steps < 1:
            raise SpecificationError(f"nearest of cpc starts at 0 and steps at 1, got {self.nearest} and {self.steps}")
        if min(self.window_negatives, self.batch_negatives) < 0 or not self.window_negatives + self.batch_negatives:
            raise SpecificationError(
                f"cpc needs window_negatives or batch_negatives, got {self.window_negatives} and {self.batch_negatives}"
            )
        if self.predictor not in get_args(Predictor) or self.similarity not in get_args(Similarity):
            raise SpecificationError(
                "predictor of cpc is 'linear' or 'mlp' and similarity 'dot' or 'cosine', "
                f"got {self.predictor!r} and {self.similarity!r}"
            )
        if not self.temperature > 0:
            raise SpecificationError(f"temperature of cpc must be positive, got {self.temperature}")


class Cpc(Objective):
    """Contrastive predictive coding; terms are ``accuracy`` and ``information``.

    The latter is the lower bound ``log(negatives + 1) - loss`` of what a context tells of a latent, in nats.

    Parameters
    ----------
    settings : CpcSettings
    encoder : Encoder
        Of convolutions and state spaces that know the past alone.
    facts : Facts
    """

    settings_type: ClassVar[type[CpcSettings]] = CpcSettings

    def __init__(self, settings: CpcSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        width = _causal(encoder).token_width
        self.settings = settings
        self.nearest = _nearest(settings, encoder=_causal(encoder), n_samples=facts.window_samples)
        self.hidden = (
            nn.Sequential(nn.Linear(width, width), nn.ReLU()) if settings.predictor == "mlp" else nn.Identity()
        )
        self.predictors = nn.ModuleList(nn.Linear(width, width, bias=False) for _ in range(settings.steps))

    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss``, the mean over latents and distances, and what it tells."""
        causal, settings = _causal(encoder), self.settings
        latents = causal.latents(views.signal)
        hidden = self.hidden(causal.context(latents))
        targets = self._comparable(latents)
        negatives = window_negatives(views.key, targets.shape[1], count=settings.window_negatives)
        others = other_windows(targets, keys=views.key, count=settings.batch_negatives)
        told = []
        for ahead, predictor in enumerate(self.predictors, start=self.nearest):
            prediction = self._comparable(predictor(hidden[:, :-ahead])) / settings.temperature
            told.append(tell_latents(prediction, targets, ahead=ahead, negatives=negatives, others=others))
        loss = torch.stack([each.loss.mean() for each in told]).mean()
        found = torch.stack([each.found.mean() for each in told]).mean()
        compared = 1 + negatives.shape[-1] + settings.batch_negatives
        return {"loss": loss, "accuracy": found, "information": math.log(compared) - loss.detach()}

    def _comparable(self, vectors: Tensor) -> Tensor:
        return F.normalize(vectors.float(), dim=-1) if self.settings.similarity == "cosine" else vectors.float()


def nearest_unseen(*, stride: int, reach: int) -> int:
    """Return how many tokens ahead the first latent lies that shares no sample with what the context has seen.

    A latent at sample ``s`` sees ``s - reach`` to ``s + reach``; so has the context's last one.

    Examples
    --------
    >>> nearest_unseen(stride=2, reach=1), nearest_unseen(stride=8, reach=0)
    (2, 1)
    """
    return 2 * reach // stride + 1


def _causal(encoder: Encoder) -> StateSpaceEncoder:
    if not isinstance(encoder, StateSpaceEncoder) or encoder.bidirectional:
        raise SpecificationError(
            "cpc needs an encoder whose tokens know the past alone: architecture conv_cpc, or s4 with bidirectional = "
            f"false; got {type(encoder).__name__}"
        )
    return encoder


def _nearest(settings: CpcSettings, *, encoder: StateSpaceEncoder, n_samples: int) -> int:
    """Return how many tokens ahead the nearest prediction is.

    Raises
    ------
    SpecificationError
        It shares samples with the context, or the furthest lies beyond the window.
    """
    unseen = nearest_unseen(stride=encoder.stride, reach=encoder.reach)
    nearest = settings.nearest or unseen
    if nearest < unseen:
        raise SpecificationError(
            f"nearest of cpc must be 0 or at least {unseen}, where convolutions that see {encoder.reach} samples on "
            f"each side of a token and tokens every {encoder.stride} samples share none; got {nearest}"
        )
    furthest, n_tokens = nearest + settings.steps - 1, encoder.n_tokens(n_samples)
    if furthest >= n_tokens:
        raise SpecificationError(
            f"cpc can't predict {furthest} tokens ahead in a window of {n_samples} samples, which makes {n_tokens}; "
            "lower steps or nearest, or use a longer window"
        )
    return nearest
