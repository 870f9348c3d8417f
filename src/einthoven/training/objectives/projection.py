"""What stands between features and a contrast, and is thrown away after pretraining (Chen et al. 2020, section 4.2)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Projection"]


class Projection(nn.Module):
    """A perceptron whose outputs have length 1; without BatchNorm, so that samples stay independent of each other.

    Parameters
    ----------
    in_width : int
    hidden_width : int
        0 for a linear map.
    width : int
    """

    def __init__(self, in_width: int, *, hidden_width: int, width: int) -> None:
        super().__init__()
        self.layers = (
            nn.Sequential(nn.Linear(in_width, hidden_width), nn.ReLU(), nn.Linear(hidden_width, width))
            if hidden_width
            else nn.Linear(in_width, width)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return float32 (..., ``width``)."""
        return F.normalize(self.unscaled(features), dim=-1)

    def unscaled(self, features: Tensor) -> Tensor:
        """Return what ``forward`` does before lengths are made 1."""
        projected: Tensor = self.layers(features)
        return projected.float()
