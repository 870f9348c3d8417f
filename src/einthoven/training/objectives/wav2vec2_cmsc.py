"""wav2vec 2.0 on ECGs with random lead masking and a contrast of adjacent segments: how ECG-FM was pretrained.

Oh, Chung, Kwon, Hong, Choi, "Lead-agnostic self-supervised learning for local and global representations of ECG", CHIL
2022, arXiv:2203.06889 (code: github.com/Jwoo5/fairseq-signals, MIT); McKeen et al., "ECG-FM", arXiv:2408.05178. Three
parts:

- wav2vec 2.0 (Baevski et al. 2020, arXiv:2006.11477): of latents hidden from the transformer, tell the quantised one
  from those of 100 other hidden tokens of the window; all entries of the quantiser shall be used.
- CMSC (Kiyasseh, Zhu, Clifton, ICML 2021, arXiv:2005.13249): features of two segments of a record belong together.
- Random lead masking: each lead of each segment is set to 0 with a chance of one half.

As theirs: features are those of the hidden window; gradients into the convolutions are a tenth; the weights of the
parts. Ours differs in these:

- Masks, distractors and noise come from each window's key (``span_masks.py``, ``product_quantiser.py``).
- Each window counts the same in a mean over hidden tokens, however many it hides.
- Other segments of a patient are neither pulled nor pushed in CMSC, where theirs pulls all of them; its gradients pass
  through the length of features.
- At least one lead is left.
- The quantiser's temperature falls along a geometric series over the training, not per step; nothing is dropped out of
  targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.models.post_norm_encoder import PostNormEncoder
from einthoven.training.counter_random import uniform
from einthoven.training.objectives.gathered import gathered
from einthoven.training.objectives.hidden_latents import drawn_distractors, tell_hidden
from einthoven.training.objectives.info_nce import Contrast, info_nce, other_patients
from einthoven.training.objectives.objective import Facts, Objective, Pairing, Terms, Views
from einthoven.training.objectives.product_quantiser import ProductQuantiser, annealed, perplexity
from einthoven.training.objectives.span_masks import Spans, check_spans, span_masks

__all__ = ["Wav2Vec2Cmsc", "Wav2Vec2CmscSettings", "segment_contrast", "without_leads"]

LEAD_STREAM, SPAN_STREAM, DISTRACTOR_STREAM, GUMBEL_STREAM = 28, 29, 30, 31
OTHER_KEY = 2**32 - 1  # turns a window's key into its partner's


@dataclass(frozen=True, slots=True)
class Wav2Vec2CmscSettings:
    """The defaults are ECG-FM's.

    Attributes
    ----------
    mask_share : float in (0, 1]
        Of the tokens, if spans didn't overlap; about half are hidden at 0.65.
    mask_length : int
        Tokens of a span.
    distractors : int
    temperature : float
        By which the cosines of predicted and quantised latents are divided.
    groups, entries : int
        Code books of the quantiser, and entries of each.
    target_width : int
        Of quantised latents and of what they are compared with, a multiple of ``groups``.
    quantiser_temperature : two floats
        Of its softmax, at the beginning and at the end of the training.
    diversity_weight, penalty_weight, segment_weight : float
        Of the share of entries that lie idle, of the mean square of latents, and of CMSC; 0 leaves each out.
    segment_temperature : float
        By which the cosines of features are divided.
    lead_mask : float in [0, 1)
        Chance that a lead is set to 0.
    convolution_gradient : float in (0, 1]
        By which gradients into the convolutions are multiplied.
    """

    mask_share: float = 0.65
    mask_length: int = 10
    distractors: int = 100
    temperature: float = 0.1
    groups: int = 2
    entries: int = 320
    target_width: int = 256
    quantiser_temperature: tuple[float, float] = (2.0, 0.5)
    diversity_weight: float = 0.1
    penalty_weight: float = 10.0
    segment_weight: float = 1.0
    segment_temperature: float = 0.1
    lead_mask: float = 0.5
    convolution_gradient: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.mask_share <= 1 or not 0 <= self.lead_mask < 1 or not 0 < self.convolution_gradient <= 1:
            raise SpecificationError(
                "mask_share and convolution_gradient of wav2vec2_cmsc lie in (0, 1], lead_mask in [0, 1), got "
                f"{self.mask_share}, {self.convolution_gradient} and {self.lead_mask}"
            )
        if min(self.mask_length, self.distractors) < 1:
            raise SpecificationError(
                "mask_length and distractors of wav2vec2_cmsc start at 1, "
                f"got {self.mask_length} and {self.distractors}"
            )
        if min(self.temperature, self.segment_temperature, *self.quantiser_temperature) <= 0:
            raise SpecificationError("temperatures of wav2vec2_cmsc must be positive")
        if min(self.diversity_weight, self.penalty_weight, self.segment_weight) < 0:
            raise SpecificationError("weights of wav2vec2_cmsc can't be negative")


class Wav2Vec2Cmsc(Objective):
    """wav2vec 2.0, CMSC and random lead masking.

    Terms are ``contrast``, ``diversity``, ``penalty`` and ``segments``, whose weighted sum is the loss; ``accuracy``
    and ``segment_accuracy``, shares of hidden latents and of partners that are told from all others; ``perplexity``,
    the entries in use of ``groups * entries``.

    Parameters
    ----------
    settings : Wav2Vec2CmscSettings
    encoder : Encoder
        wav2vec 2.0's or HuBERT's.
    facts : Facts
    """

    settings_type: ClassVar[type[Wav2Vec2CmscSettings]] = Wav2Vec2CmscSettings
    pairing: Pairing = "segment"

    def __init__(self, settings: Wav2Vec2CmscSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        self.settings = settings
        network = _post_norm(encoder)
        latent = _latents_of(network, facts)
        check_spans(latent.shape[1], share=settings.mask_share, length=settings.mask_length)
        self.mask = nn.Parameter(torch.rand(network.token_width))
        self.quantiser = ProductQuantiser(
            latent.shape[2], width=settings.target_width, groups=settings.groups, entries=settings.entries
        )
        self.target = nn.Linear(settings.target_width, settings.target_width)
        self.predictor = nn.Linear(network.token_width, settings.target_width)

    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss`` and its parts."""
        if views.partner is None:
            raise SpecificationError("wav2vec2_cmsc needs a second window of each record")
        settings, network = self.settings, _post_norm(encoder)
        keys = torch.cat([views.key, views.key ^ OTHER_KEY])
        signal = without_leads(torch.cat([views.signal, views.partner]), keys, chance=settings.lead_mask)
        latents = network.latents(signal)
        share = settings.convolution_gradient
        latents = latents * share + latents.detach() * (1 - share)
        normalised = network.normalised(latents)
        spans = span_masks(
            keys, latents.shape[1], share=settings.mask_share, length=settings.mask_length, stream=SPAN_STREAM
        )
        embedded = torch.where(spans.hidden[..., None], self.mask, network.embedded(normalised))
        tokens = network.context(embedded)
        terms = self._told(_at(tokens, spans.place), _at(normalised, spans.place), keys=keys, spans=spans, views=views)
        contrast = segment_contrast(
            *network.pool(tokens).chunk(2), patient=views.patient, temperature=settings.segment_temperature
        )
        terms |= {"segments": contrast.loss.mean(), "segment_accuracy": contrast.found.mean()}
        terms["penalty"] = latents.float().square().mean()
        loss = (
            terms["contrast"]
            + settings.diversity_weight * terms["diversity"]
            + settings.penalty_weight * terms["penalty"]
            + settings.segment_weight * terms["segments"]
        )
        return {"loss": loss} | {name: term.detach() for name, term in terms.items()}

    def _told(self, tokens: Tensor, latents: Tensor, *, keys: Tensor, spans: Spans, views: Views) -> Terms:
        """Return the terms of wav2vec 2.0, of tokens (B, M, D) and latents (B, M, C) at the hidden places."""
        settings = self.settings
        temperature = annealed(settings.quantiser_temperature, progress=views.progress)
        quantised = self.quantiser(latents, keys=keys, temperature=temperature, stream=GUMBEL_STREAM)
        told = tell_hidden(
            self.predictor(tokens),
            self.target(quantised.vectors),
            codes=quantised.codes,
            distractors=drawn_distractors(keys, spans, count=settings.distractors, stream=DISTRACTOR_STREAM),
            temperature=settings.temperature,
        )
        share = spans.share
        each = (quantised.probabilities * share[..., None, None]).sum(dim=1)
        in_use = perplexity(gathered(each).rows.mean(dim=0)).sum()
        return {
            "contrast": (told.loss * share).sum(dim=1).mean(),
            "accuracy": (told.found * share).sum(dim=1).mean(),
            "diversity": 1 - in_use / (settings.groups * settings.entries),
            "perplexity": in_use,
        }


def segment_contrast(first: Tensor, second: Tensor, *, patient: Tensor, temperature: float) -> Contrast:
    """Return how well each segment tells its partner from segments of other patients, both ways, (2 B,).

    Parameters
    ----------
    first, second : float32 (B, D)
        Features of two segments of each record.
    patient : int64 (B,)
    temperature : float
    """
    first, second = (F.normalize(features.float(), dim=-1) for features in (first, second))
    patients, begin = gathered(patient)
    positive = begin + torch.arange(len(patient), device=patient.device)
    both = [
        info_nce(
            own,
            gathered(theirs).rows,
            positive=positive,
            negatives=other_patients(patient, patients),
            inverse_temperature=1 / temperature,
        )
        for own, theirs in ((first, second), (second, first))
    ]
    return Contrast(torch.cat([way.loss for way in both]), torch.cat([way.found for way in both]))


def without_leads(signal: Tensor, keys: Tensor, *, chance: float) -> Tensor:
    """Return signals (B, L, T) some of whose leads are 0, each with ``chance``; where all would be, one stays."""
    drawn = uniform(keys, signal.shape[1], stream=LEAD_STREAM)
    kept = (drawn >= chance) | (drawn == drawn.amax(dim=1, keepdim=True))
    return signal * kept[..., None]


def _at(tokens: Tensor, place: Tensor) -> Tensor:
    """Return tokens (B, M, D) at places int64 (B, M) of tokens (B, P, D)."""
    return tokens.gather(1, place[..., None].expand(-1, -1, tokens.shape[-1]))


def _latents_of(encoder: PostNormEncoder, facts: Facts) -> Tensor:
    """Return latents of an empty window, of which the shape counts."""
    encoder.lengths.check(facts.window_samples, name=type(encoder).__name__)
    with torch.no_grad():
        device = next(encoder.parameters()).device
        return encoder.latents(torch.zeros(1, encoder.n_leads, facts.window_samples, device=device))


def _post_norm(encoder: Encoder) -> PostNormEncoder:
    if not isinstance(encoder, PostNormEncoder):
        raise SpecificationError(
            "wav2vec2_cmsc needs an encoder of convolutions and a transformer: architecture wav2vec2_ecg or "
            f"hubert_ecg; got {type(encoder).__name__}"
        )
    return encoder
