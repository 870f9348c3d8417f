"""The first layer of a vision transformer on ECGs: a window is cut into patches, each becomes a token.

``TimePatches`` cuts all leads together, ``LeadTimePatches`` each lead for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from einthoven.models.blocks.pre_norm_layer import START, start_linear
from einthoven.models.blocks.sine_positions import sine_positions

__all__ = ["LeadTimePatches", "PositionName", "TimePatches"]

PositionName = Literal["learned", "sine"]


class TimePatches(nn.Module):
    """One token per stretch of time over all leads, plus its position.

    Parameters
    ----------
    n_leads, width : int
    patch_samples : int
    n_patches : int
        The most that a window has; shorter windows use the first positions.
    positions : ``learned`` or ``sine``
        Sines are not trained, but kept with the weights.
    bias : bool
        Of the linear map.
    """

    def __init__(
        self, *, n_leads: int, width: int, patch_samples: int, n_patches: int, positions: PositionName, bias: bool
    ) -> None:
        super().__init__()
        self.patch = nn.Conv1d(n_leads, width, patch_samples, patch_samples, bias=bias)
        self.positions = _positions(positions, sine_positions(n_patches, width))

    def forward(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, P, D), of a signal (B, L, T)."""
        tokens = self.patch(signal).transpose(1, 2)
        out: Tensor = tokens + self.positions[:, : tokens.shape[1]]
        return out


class LeadTimePatches(nn.Module):
    """One token per lead and stretch of time, plus position and lead, with a separator at both ends of each lead.

    Parameters
    ----------
    lead_rows : sequence of int
        Row in the table of leads of each lead of the signal; rows that no lead has are not there.
    width : int
    patch_samples : int
    n_patches : int
        The most per lead; shorter windows use the first positions, and the last one for the second separator.
    positions : ``learned`` or ``sine``
        Sines are not trained, but kept with the weights; the separators' are 0.
    norm : bool
        Whether a patch is normalised before and behind the linear map.
    bias : bool
        Of the linear map.
    """

    def __init__(
        self,
        lead_rows: Sequence[int],
        *,
        width: int,
        patch_samples: int,
        n_patches: int,
        positions: PositionName,
        norm: bool,
        bias: bool,
    ) -> None:
        super().__init__()
        self.patch_samples = patch_samples
        self.lead_rows = tuple(lead_rows)
        linear = nn.Linear(patch_samples, width, bias=bias)
        start_linear(linear)
        layers = [nn.LayerNorm(patch_samples), linear, nn.LayerNorm(width)] if norm else [linear]
        self.patch = nn.Sequential(*layers)
        self.separator = nn.Parameter(START * torch.randn(width))
        self.leads = nn.ParameterDict({str(row): nn.Parameter(START * torch.randn(width)) for row in lead_rows})
        ends = torch.zeros(1, width)
        self.positions = _positions(positions, torch.cat([ends, sine_positions(n_patches, width), ends]))

    def forward(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, L, P + 2, D), of a signal (B, L, T); the first and last of a lead separate."""
        patches = self.patch(signal.reshape(*signal.shape[:2], -1, self.patch_samples))
        patches = patches + self.positions[:, 1 : 1 + patches.shape[2]]
        ends = (self.separator + self.positions[:, [0, -1]]).expand(*patches.shape[:2], 2, -1)
        tokens = torch.cat([ends[:, :, :1], patches, ends[:, :, 1:]], dim=2)
        leads = torch.stack([self.leads[str(row)] for row in self.lead_rows])  # the dictionary sorts its keys as words
        return tokens + leads.unsqueeze(1)


def _positions(name: PositionName, table: Tensor) -> nn.Parameter | nn.Buffer:
    if name == "sine":
        return nn.Buffer(table.unsqueeze(0))
    return nn.Parameter(START * torch.randn(1, *table.shape))
