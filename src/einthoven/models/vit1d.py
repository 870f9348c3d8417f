"""Vision transformer on ECGs: patches of time, of all leads together or lead by lead, see each other through attention.

Dosovitskiy et al., "An image is worth 16x16 words", ICLR 2021, arXiv:2010.11929. With ``tokens="time"`` it is the
encoder of MERL (Liu et al., ICML 2024, arXiv:2403.06659; code: github.com/cheliu-computation/MERL-ICML2024, MIT), with
``tokens="lead_time"`` the one of ST-MEM (Na et al., ICLR 2024, arXiv:2402.09450; code: github.com/vuno/ST-MEM). As
theirs: no class token; the mean over all tokens is normalised, not the tokens. Ours differs in that windows shorter
than the longest are taken, that dropout leaves out whole branches alone, and that new weights start as in GPT.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor, nn

from einthoven.errors import LeadError, SpecificationError
from einthoven.models.blocks.patches import LeadTimePatches, PositionName, TimePatches
from einthoven.models.blocks.pre_norm_layer import PreNormLayer
from einthoven.models.patch_encoder import PatchEncoder, PatchTokens

__all__ = ["TokenName", "ViT1d", "ViT1dSettings"]

TokenName = Literal["time", "lead_time"]


@dataclass(frozen=True, slots=True)
class ViT1dSettings:
    """Shape of the network; the defaults are MERL's ViT-tiny but for the linear map's bias.

    ST-MEM's: ``tokens="lead_time", patch_samples=75, max_samples=2250, width=768, heads=12, mlp_width=3072``,
    ``positions="sine", patch_norm=True``.

    Attributes
    ----------
    tokens : ``time`` or ``lead_time``
        A token per patch of all leads, or per patch of each lead with separators and an embedding of the lead.
    patch_samples : int
    max_samples : int
        Longest window, a multiple of ``patch_samples``: there are positions for so many.
    width, depth, heads, head_width, mlp_width : int
        Width of a token, number of blocks, and what is in a block.
    qkv_bias : bool
    patch_bias : bool
        Whether the linear map from patch to token has a bias.
    patch_norm : bool
        Whether patches are normalised before and behind that map; with ``lead_time`` alone.
    positions : ``learned`` or ``sine``
    lead_rows : tuple of int
        With ``lead_time``: which lead embedding each lead of the signal has, in order; empty for 0, 1, 2... So a model
        of 12 leads is fed some of them: leads I and V1 of the standard order are ``(0, 6)``.
    block_dropout : float in [0, 1)
        Stochastic depth, rising from 0 in the first block to this in the last.
    """

    tokens: TokenName = "time"
    patch_samples: int = 50
    max_samples: int = 5000
    width: int = 192
    depth: int = 12
    heads: int = 3
    head_width: int = 64
    mlp_width: int = 768
    qkv_bias: bool = True
    patch_bias: bool = True
    patch_norm: bool = False
    positions: PositionName = "learned"
    lead_rows: tuple[int, ...] = ()
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        for key, value, accepted in (
            ("tokens", self.tokens, get_args(TokenName)),
            ("positions", self.positions, get_args(PositionName)),
        ):
            if value not in accepted:
                raise SpecificationError(f"{key} of vit1d must be one of {', '.join(accepted)}, got {value!r}")
        sizes = {key: getattr(self, key) for key in ("patch_samples", "depth", "heads", "head_width", "mlp_width")}
        if min(sizes.values()) < 1:
            raise SpecificationError(f"sizes of vit1d must be positive, got {sizes}")
        if self.width < 2 or self.width % 2:
            raise SpecificationError(f"width of vit1d must be even, got {self.width}")
        if self.max_samples < 1 or self.max_samples % self.patch_samples:
            raise SpecificationError(
                f"max_samples of vit1d must be a multiple of patch_samples ({self.patch_samples}), "
                f"got {self.max_samples}"
            )
        if self.tokens == "time" and (self.patch_norm or self.lead_rows):
            raise SpecificationError("patch_norm and lead_rows of vit1d need tokens = 'lead_time', got 'time'")
        if len(set(self.lead_rows)) != len(self.lead_rows) or any(row < 0 for row in self.lead_rows):
            raise SpecificationError(f"lead_rows of vit1d must be 0 or more and each once, got {list(self.lead_rows)}")
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of vit1d must be in [0, 1), got {self.block_dropout}")


class ViT1d(PatchEncoder):
    """Vision transformer along time.

    Parameters
    ----------
    settings : ViT1dSettings
    n_leads : int
        Any; with ``lead_rows`` as many as there are rows.
    """

    settings_type: ClassVar[type[ViT1dSettings]] = ViT1dSettings

    def __init__(self, settings: ViT1dSettings, *, n_leads: int) -> None:
        if settings.lead_rows and len(settings.lead_rows) != n_leads:
            raise LeadError(
                f"lead_rows of vit1d must name one row for each of {n_leads} leads, got {list(settings.lead_rows)}"
            )
        super().__init__(
            n_leads=n_leads,
            token_leads=1 if settings.tokens == "time" else n_leads,
            patch_samples=settings.patch_samples,
            max_samples=settings.max_samples,
            width=settings.width,
            depth=settings.depth,
            stem=("patches",),
            n_separators=0 if settings.tokens == "time" else 2,
        )
        self.patches = _patches(settings, n_leads=n_leads)
        self.blocks = nn.ModuleList(
            PreNormLayer(
                settings.width,
                heads=settings.heads,
                head_width=settings.head_width,
                mlp_width=settings.mlp_width,
                qkv_bias=settings.qkv_bias,
                drop_probability=settings.block_dropout * index / max(1, settings.depth - 1),
            )
            for index in range(settings.depth)
        )
        self.norm = nn.LayerNorm(settings.width)

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, P, D), not yet normalised: in order of time, or lead after lead."""
        return self._without_separators(self._after_blocks(signal, None)).flatten(1, 2)

    def encode_patches(self, signal: Tensor, kept: Tensor | None = None) -> PatchTokens:
        """Return normalised tokens of some patches; with ``lead_time`` those of the separators too."""
        tokens: Tensor = self.norm(self._after_blocks(signal, kept))
        first, last = tokens[:, :, : self.n_separators // 2], tokens[:, :, tokens.shape[2] - self.n_separators // 2 :]
        return PatchTokens(self._without_separators(tokens), torch.cat([first, last], dim=2))

    def _after_blocks(self, signal: Tensor, kept: Tensor | None) -> Tensor:
        """Return (B, 1, K, D), or (B, L, K + 2, D) with separators."""
        tokens: Tensor = self.patches(signal, kept)
        rows = tokens.shape[1:-1] if self.n_separators else (1, tokens.shape[1])
        tokens = tokens.flatten(1, -2)
        for block in self.blocks:
            tokens = block(tokens)
        return tokens.reshape(-1, *rows, self.token_width)

    def _without_separators(self, tokens: Tensor) -> Tensor:
        at_each_end = self.n_separators // 2
        return tokens[:, :, at_each_end : tokens.shape[2] - at_each_end]

    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, D): the mean over tokens, normalised."""
        features: Tensor = self.norm(tokens.mean(dim=1))
        return features


def _patches(settings: ViT1dSettings, *, n_leads: int) -> TimePatches | LeadTimePatches:
    n_patches = settings.max_samples // settings.patch_samples
    if settings.tokens == "time":
        return TimePatches(
            n_leads=n_leads,
            width=settings.width,
            patch_samples=settings.patch_samples,
            n_patches=n_patches,
            positions=settings.positions,
            bias=settings.patch_bias,
        )
    return LeadTimePatches(
        settings.lead_rows or range(n_leads),
        width=settings.width,
        patch_samples=settings.patch_samples,
        n_patches=n_patches,
        positions=settings.positions,
        norm=settings.patch_norm,
        bias=settings.patch_bias,
    )
