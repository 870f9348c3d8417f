"""Vision transformer of ECG-JEPA, whose tokens see those of the same lead and those of the same time, and no others.

Kim, "Learning general representation of 12-lead electrocardiogram with a joint-embedding predictive architecture",
arXiv:2410.08559 ("cross-pattern attention"; code: github.com/sehunfromdaegu/ECG_JEPA, MIT). As theirs: positions on
the grid of lead and time are added before every block, so that they also pile up in what a block passes on; new output
layers of deeper blocks start smaller. Ours differs in that windows shorter than the longest are taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from einthoven.errors import LeadError, SpecificationError
from einthoven.models.blocks.patches import chosen_patches
from einthoven.models.blocks.pre_norm_layer import PreNormLayer, start_linear
from einthoven.models.blocks.sine_positions import sine_grid
from einthoven.models.patch_encoder import PatchEncoder, PatchTokens

__all__ = ["JepaViT", "JepaViTSettings", "cross_pattern"]


@dataclass(frozen=True, slots=True)
class JepaViTSettings:
    """Shape of the network; the defaults are the published one's.

    Attributes
    ----------
    patch_samples : int
    max_samples : int
        Longest window, a multiple of ``patch_samples``: there are positions for so many.
    width, depth, heads, mlp_width : int
        Width of a token (a multiple of 4 and of ``heads``), number of blocks, and what is in a block.
    qkv_bias : bool
    position_leads : int
        Leads in the table of positions; 0 for those that the signal has.
    lead_rows : tuple of int
        Row in the table of positions of each lead of the signal, in order; empty for 0, 1, 2... So a model of 8 leads
        is fed some of them: leads I and V1 of I, II, V1 to V6 are ``(0, 2)`` with ``position_leads = 8``.
    block_dropout : float in [0, 1)
        Stochastic depth, rising from 0 in the first block to this in the last; 0.1 in the authors' pretraining.
    """

    patch_samples: int = 50
    max_samples: int = 2500
    width: int = 768
    depth: int = 12
    heads: int = 16
    mlp_width: int = 3072
    qkv_bias: bool = False
    position_leads: int = 0
    lead_rows: tuple[int, ...] = ()
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        sizes = {key: getattr(self, key) for key in ("patch_samples", "depth", "heads", "mlp_width")}
        if min(sizes.values()) < 1:
            raise SpecificationError(f"sizes of jepa_vit must be positive, got {sizes}")
        if self.width < 4 or self.width % 4 or self.width % self.heads:
            raise SpecificationError(
                f"width of jepa_vit must be a multiple of 4 and of heads ({self.heads}), got {self.width}"
            )
        if self.max_samples < 1 or self.max_samples % self.patch_samples:
            raise SpecificationError(
                f"max_samples of jepa_vit must be a multiple of patch_samples ({self.patch_samples}), "
                f"got {self.max_samples}"
            )
        rows = self.lead_rows
        if len(set(rows)) != len(rows) or any(not 0 <= row < self.position_leads for row in rows):
            raise SpecificationError(
                "lead_rows of jepa_vit must be below position_leads and each once, "
                f"got {list(rows)} and position_leads {self.position_leads}"
            )
        if not 0 <= self.block_dropout < 1:
            raise SpecificationError(f"block_dropout of jepa_vit must be in [0, 1), got {self.block_dropout}")


class JepaViT(PatchEncoder):
    """Vision transformer with cross-pattern attention.

    Parameters
    ----------
    settings : JepaViTSettings
    n_leads : int
        Any; with ``lead_rows`` as many as there are rows, otherwise at most ``position_leads`` where it is given.
    """

    settings_type: ClassVar[type[JepaViTSettings]] = JepaViTSettings

    def __init__(self, settings: JepaViTSettings, *, n_leads: int) -> None:
        rows = settings.lead_rows or tuple(range(n_leads))
        table_leads = settings.position_leads or n_leads
        if len(rows) != n_leads or n_leads > table_leads:
            raise LeadError(
                f"jepa_vit needs one of {table_leads} rows of positions for each of {n_leads} leads, got {list(rows)}"
            )
        super().__init__(
            n_leads=n_leads,
            token_leads=n_leads,
            patch_samples=settings.patch_samples,
            max_samples=settings.max_samples,
            width=settings.width,
            depth=settings.depth,
            stem=("patch",),
        )
        self.lead_rows = rows
        self.patch = nn.Linear(settings.patch_samples, settings.width)
        start_linear(self.patch)
        self.table_patches = settings.max_samples // settings.patch_samples
        # kept with the weights: the authors' code can also train them
        self.positions = nn.Buffer(sine_grid(table_leads, self.table_patches, settings.width))
        self.blocks = nn.ModuleList(_block(settings, index) for index in range(settings.depth))
        self.norm = nn.LayerNorm(settings.width)

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, L * P, D), normalised, lead after lead."""
        return self.encode_patches(signal).patches.flatten(1, 2)

    def encode_patches(self, signal: Tensor, kept: Tensor | None = None) -> PatchTokens:
        """Return normalised tokens of some patches; there are no separators."""
        table = self.positions.reshape(-1, self.table_patches, self.token_width)[list(self.lead_rows)]
        if kept is None:
            positions = table[:, : signal.shape[2] // self.patch_samples].flatten(0, 1)
        else:
            signal = chosen_patches(signal, kept, patch_samples=self.patch_samples)
            positions = table[torch.arange(self.n_leads, device=kept.device).unsqueeze(1), kept].flatten(1, 2)
        n_patches = signal.shape[2] // self.patch_samples
        tokens = self.patch(signal.reshape(-1, self.n_leads * n_patches, self.patch_samples))
        mask = self._seen(n_patches, kept, device=signal.device)
        for block in self.blocks:
            tokens = block(tokens + positions, mask)
        tokens = self.norm(tokens).unflatten(1, (self.n_leads, n_patches))
        return PatchTokens(tokens, tokens[:, :, :0])

    def _seen(self, n_patches: int, kept: Tensor | None, *, device: torch.device) -> Tensor:
        """Return which tokens see each other: bool (N, N), or (B, 1, N, N) where leads keep different patches."""
        if kept is None or kept.shape[1] == 1:
            return cross_pattern(self.n_leads, n_patches, device=device)
        time = kept.flatten(1)
        lead = torch.arange(self.n_leads, device=device).repeat_interleave(n_patches)
        seen = (lead.unsqueeze(1) == lead) | (time.unsqueeze(2) == time.unsqueeze(1))
        return seen.unsqueeze(1)

    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, D): the mean over tokens."""
        return tokens.mean(dim=1)


def cross_pattern(n_leads: int, n_patches: int, *, device: torch.device | None = None) -> Tensor:
    """Return which tokens, lead after lead, see each other: bool (L * P, L * P), True for the same lead or time.

    Examples
    --------
    >>> cross_pattern(2, 2).int().tolist()
    [[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 1, 1], [0, 1, 1, 1]]
    """
    token = torch.arange(n_leads * n_patches, device=device)
    lead, time = token // n_patches, token % n_patches
    return (lead.unsqueeze(1) == lead) | (time.unsqueeze(1) == time)


def _block(settings: JepaViTSettings, index: int) -> PreNormLayer:
    block = PreNormLayer(
        settings.width,
        heads=settings.heads,
        head_width=settings.width // settings.heads,
        mlp_width=settings.mlp_width,
        qkv_bias=settings.qkv_bias,
        drop_probability=settings.block_dropout * index / max(1, settings.depth - 1),
    )
    block.divide_outputs(math.sqrt(2 * (index + 1)))
    return block
