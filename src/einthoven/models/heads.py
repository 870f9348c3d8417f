"""From a feature vector to one logit per label; labels are independent of each other."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["MultiLabelHead"]


class MultiLabelHead(nn.Module):
    """Dropout and a linear layer, with one hidden layer in between when ``hidden_width`` is positive.

    Parameters
    ----------
    in_width, n_labels : int
    dropout : float in [0, 1)
        Before the last linear layer; half of it before the hidden one.
    hidden_width : int
        0 for a linear head.
    """

    def __init__(self, in_width: int, n_labels: int, *, dropout: float, hidden_width: int = 0) -> None:
        super().__init__()
        hidden: list[nn.Module] = []
        if hidden_width:
            hidden = [
                nn.BatchNorm1d(in_width),
                nn.Dropout(dropout / 2),
                nn.Linear(in_width, hidden_width),
                nn.ReLU(),
                nn.BatchNorm1d(hidden_width),
            ]
        self.hidden = nn.Sequential(*hidden)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(hidden_width or in_width, n_labels)

    def forward(self, features: Tensor) -> Tensor:
        """Return logits, float32 (B, C)."""
        logits: Tensor = self.linear(self.dropout(self.hidden(features)))
        return logits
