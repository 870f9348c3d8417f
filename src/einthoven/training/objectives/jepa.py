"""Joint-embedding prediction: from the patches that stay, the embeddings of the hidden ones in a slower copy.

Assran et al., "Self-supervised learning from images with a joint-embedding predictive architecture" (I-JEPA), CVPR
2023, arXiv:2301.08243 (code: github.com/facebookresearch/ijepa), on ECGs as Kim, arXiv:2410.08559 (ECG-JEPA; code:
github.com/sehunfromdaegu/ECG_JEPA, MIT): patches are hidden in all leads at once, a teacher sees the whole window, a
predictor tells its embeddings of the hidden patches, lead by lead, without attention between leads. Targets are
normalised over their features. The distance is that of both codes, smooth L1 with a bend at 1, where I-JEPA's paper
writes a squared distance. The teacher's weights follow the encoder's, with a momentum that rises in a straight line
from 0.996 to 1 over the training. Ours differs in that the masks are those of ``patch_masks`` (theirs are one for a
whole batch, with overlapping blocks), and that the teacher never drops branches (theirs trains with stochastic depth
in both networks).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from einthoven.errors import SpecificationError
from einthoven.models.blocks.patches import chosen_rows
from einthoven.models.encoder import Encoder
from einthoven.models.patch_encoder import Grid, PatchEncoder, patch_encoder
from einthoven.training.objectives.objective import Facts, Objective, Terms, Views
from einthoven.training.objectives.patch_decoder import PatchDecoder, check_decoder
from einthoven.training.objectives.patch_masks import (
    PatchMasks,
    TokensSeen,
    block_lengths,
    block_masks,
    n_hidden,
    random_masks,
)

__all__ = ["Jepa", "JepaSettings", "momentum_at"]

NAME = "jepa"
STREAM = 20  # of counter_random; blocks take the next one too

Masking = Literal["blocks", "random"]


@dataclass(frozen=True, slots=True)
class JepaSettings:
    """What is hidden, what tells it, and how fast the teacher follows.

    The predictor's defaults fit an encoder of width 192; ECG-JEPA's, for one of 768, are ``predictor_width=384,
    predictor_depth=6, predictor_heads=12``. With ``masking="random"`` its ratio is 0.6 to 0.7.

    Attributes
    ----------
    masking : ``blocks`` or ``random``
        A few blocks of time, or single patches; of all leads together.
    ratio : float in (0, 1)
        Share of patches that is hidden.
    blocks : int
        How many there are; each has about ``ratio / blocks`` of the window.
    predictor_width, predictor_depth, predictor_heads : int
    momentum : float in [0, 1]
        Of the teacher at the beginning; 1 at the end.
    """

    masking: Masking = "blocks"
    ratio: float = 0.55
    blocks: int = 4
    predictor_width: int = 96
    predictor_depth: int = 4
    predictor_heads: int = 4
    momentum: float = 0.996

    def __post_init__(self) -> None:
        check_decoder(self.predictor_width, self.predictor_depth, self.predictor_heads, name=f"the predictor of {NAME}")
        if self.masking not in get_args(Masking):
            raise SpecificationError(
                f"masking of {NAME} must be one of {', '.join(get_args(Masking))}, got {self.masking!r}"
            )
        if not 0 <= self.momentum <= 1:
            raise SpecificationError(f"momentum of {NAME} must lie in [0, 1], got {self.momentum}")


class Jepa(Objective):
    """Distance between predicted embeddings of hidden patches and the teacher's.

    Parameters
    ----------
    settings : JepaSettings
    encoder : Encoder
        One with patches (``PatchEncoder``); the teacher starts as its copy.
    facts : Facts

    Attributes
    ----------
    teacher : PatchEncoder
        Never trained by the loss, always in evaluation mode.
    tokens_seen : TokensSeen
    """

    settings_type: ClassVar[type[JepaSettings]] = JepaSettings

    def __init__(self, settings: JepaSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        with_patches = patch_encoder(encoder, facts.window_samples, wanted_by=NAME)
        self.settings = settings
        grid = with_patches.grid(facts.window_samples)
        self.n_patches = grid.patches
        self.hidden = n_hidden(settings.ratio, grid.patches, wanted_by=NAME)
        self.lengths = block_lengths(self.hidden, settings.blocks, wanted_by=NAME)
        self.teacher = copy.deepcopy(with_patches).requires_grad_(requires_grad=False).eval()
        self.predictor = PatchDecoder(
            in_width=encoder.token_width,
            out_width=encoder.token_width,
            width=settings.predictor_width,
            depth=settings.predictor_depth,
            heads=settings.predictor_heads,
            n_patches=grid.patches,
            positions_in_each_block=True,
        )
        kept, ends = grid.patches - self.hidden, with_patches.n_separators
        self.tokens_seen = TokensSeen(
            encoder=grid.leads * (kept + ends),
            decoder=grid.leads * (grid.patches + ends),
            teacher=grid.leads * (grid.patches + ends),
        )

    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss``, the mean over hidden embeddings, and how much the teacher's embeddings differ.

        ``deviation`` is the standard deviation between windows of their mean target, averaged over features: 0 where
        all windows are embedded alike.
        """
        if not isinstance(encoder, PatchEncoder):
            raise SpecificationError(f"{NAME} was built for an encoder with patches, got {type(encoder).__name__}")
        masks = self.masks(views.key)
        targets = self.targets(views.signal)
        hidden = chosen_rows(targets, masks.masked)
        predicted = self.predictor(encoder.encode_patches(views.signal, masks.kept), masks)
        return {
            "loss": functional.smooth_l1_loss(predicted.float(), hidden),
            "deviation": targets.mean(dim=(1, 2)).std(dim=0, correction=0).mean(),
        }

    def masks(self, keys: Tensor) -> PatchMasks:
        """Return which patches each sample keeps and hides, the same for all leads."""
        if self.settings.masking == "random":
            return random_masks(keys, Grid(1, self.n_patches), hidden=self.hidden, stream=STREAM)
        return block_masks(keys, self.n_patches, lengths=self.lengths, stream=STREAM)

    @torch.no_grad()
    def targets(self, signal: Tensor) -> Tensor:
        """Return the teacher's embeddings of all patches, normalised, float32 (B, G, P, D)."""
        embedded = self.teacher.encode_patches(signal).patches.float()
        return functional.layer_norm(embedded, embedded.shape[-1:])

    @torch.no_grad()
    def after_step(self, encoder: Encoder, *, progress: float) -> None:
        """Move the teacher towards the encoder."""
        share = 1 - momentum_at(progress, start=self.settings.momentum)
        for slow, fast in zip(self.teacher.parameters(), encoder.parameters(), strict=True):
            slow.lerp_(fast.detach(), share)
        for kept, current in zip(self.teacher.buffers(), encoder.buffers(), strict=True):
            kept.copy_(current)

    def train(self, mode: bool = True) -> Jepa:  # noqa: FBT001, FBT002 - torch's signature
        """Set training mode everywhere but in the teacher."""
        super().train(mode)
        self.teacher.eval()
        return self


def momentum_at(progress: float, *, start: float) -> float:
    """Return the teacher's momentum when a share of the training is done: in a straight line from ``start`` to 1.

    Examples
    --------
    >>> momentum_at(0.25, start=0.996)
    0.997
    """
    return start + (1 - start) * progress
