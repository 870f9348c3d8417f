"""The first layer of a vision transformer on ECGs: a window is cut into patches, each becomes a token.

``TimePatches`` cuts all leads together, ``LeadTimePatches`` each lead for itself. Both take a choice of patches: the
others aren't read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from einthoven.models.blocks.pre_norm_layer import START, start_linear
from einthoven.models.blocks.sine_positions import sine_positions

__all__ = ["LeadTimePatches", "PositionName", "TimePatches", "chosen_patches", "chosen_rows"]

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

    def forward(self, signal: Tensor, kept: Tensor | None = None) -> Tensor:
        """Return tokens, float32 (B, P, D), of a signal (B, L, T); (B, K, D) with ``kept`` int64 (B, 1, K)."""
        if kept is None:
            tokens = self.patch(signal).transpose(1, 2)
            positions = self.positions[:, : tokens.shape[1]]
        else:
            tokens = self.patch(chosen_patches(signal, kept, patch_samples=self.patch.stride[0])).transpose(1, 2)
            positions = self.positions[0, kept[:, 0]]
        out: Tensor = tokens + positions
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

    def forward(self, signal: Tensor, kept: Tensor | None = None) -> Tensor:
        """Return tokens, float32 (B, L, P + 2, D), of a signal (B, L, T); the first and last of a lead separate.

        With ``kept`` int64 (B, L, K) or (B, 1, K) they are (B, L, K + 2, D).
        """
        if kept is None:
            positions = self.positions[:, 1 : 1 + signal.shape[2] // self.patch_samples]
        else:
            signal = chosen_patches(signal, kept, patch_samples=self.patch_samples)
            positions = self.positions[0, 1 + kept]
        patches = self.patch(signal.reshape(*signal.shape[:2], -1, self.patch_samples)) + positions
        ends = (self.separator + self.positions[:, [0, -1]]).expand(*patches.shape[:2], 2, -1)
        tokens = torch.cat([ends[:, :, :1], patches, ends[:, :, 1:]], dim=2)
        leads = torch.stack([self.leads[str(row)] for row in self.lead_rows])  # the dictionary sorts its keys as words
        return tokens + leads.unsqueeze(1)


def chosen_patches(signal: Tensor, kept: Tensor, *, patch_samples: int) -> Tensor:
    """Return some patches of a signal (B, L, T) in a row, float32 (B, L, K * ``patch_samples``).

    Parameters
    ----------
    signal : float32 (B, L, T)
    kept : int64 (B, L, K), or (B, 1, K) for the same of each lead
    patch_samples : int

    Examples
    --------
    >>> chosen_patches(torch.arange(6.0).reshape(1, 1, 6), torch.tensor([[[2, 0]]]), patch_samples=2).tolist()
    [[[4.0, 5.0, 0.0, 1.0]]]
    """
    return chosen_rows(signal.reshape(*signal.shape[:2], -1, patch_samples), kept).flatten(2)


def chosen_rows(table: Tensor, index: Tensor) -> Tensor:
    """Return rows of tables, (B, G, K, D) of (B, G, P, D) and int64 (B, G, K), or (B, 1, K) for the same of each.

    ``take_along_dim`` does this too, six times slower on a CPU.
    """
    index = index.expand(-1, table.shape[1], -1).unsqueeze(-1)
    return table.gather(2, index.expand(-1, -1, -1, table.shape[3]))


def _positions(name: PositionName, table: Tensor) -> nn.Parameter | nn.Buffer:
    if name == "sine":
        return nn.Buffer(table.unsqueeze(0))
    return nn.Parameter(START * torch.randn(1, *table.shape))
