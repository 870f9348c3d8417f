"""Squeeze and excitation: a gain per channel from the means of all channels (Hu et al. 2018, arXiv:1709.01507)."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["SqueezeExcitation"]


class SqueezeExcitation(nn.Module):
    """Scale each channel by a gain in (0, 1) that depends on the whole window.

    Parameters
    ----------
    width : int
    reduction : int
        The gains are computed through ``max(4, width // reduction)`` hidden values; 16 in the paper.
    hidden_width : int, optional
        Number of hidden values where it doesn't follow from ``reduction``.
    activation : type of Module
        Of the hidden values; a ReLU in the paper, a SiLU in EfficientNet.
    """

    def __init__(
        self,
        width: int,
        *,
        reduction: int = 16,
        hidden_width: int | None = None,
        activation: type[nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__()
        hidden = max(4, width // reduction) if hidden_width is None else hidden_width
        self.gain = nn.Sequential(nn.Linear(width, hidden), activation(), nn.Linear(hidden, width), nn.Sigmoid())

    def forward(self, signal: Tensor) -> Tensor:
        """Return float32 (B, width, T)."""
        gain: Tensor = self.gain(signal.mean(dim=-1))
        return signal * gain.unsqueeze(-1)
