"""From features to one output per label, and from outputs to scores."""

from __future__ import annotations

from torch import Tensor, nn

from einthoven.models.head_settings import HeadSettings

__all__ = ["Head"]


class Head(nn.Module):
    """Dropout and a linear layer, with one hidden layer in between when ``hidden_width`` is positive.

    Parameters
    ----------
    settings : HeadSettings
    feature_width, token_width : int
    n_labels : int
        0 leaves the linear layer out: the outputs are the features.
    """

    def __init__(self, settings: HeadSettings, *, feature_width: int, token_width: int, n_labels: int) -> None:
        super().__init__()
        self.settings = settings
        self.n_labels = n_labels
        self.takes_tokens = False
        hidden: list[nn.Module] = []
        if settings.hidden_width:
            hidden = [
                nn.BatchNorm1d(feature_width),
                nn.Dropout(settings.dropout / 2),
                nn.Linear(feature_width, settings.hidden_width),
                nn.ReLU(),
                nn.BatchNorm1d(settings.hidden_width),
            ]
        self.hidden = nn.Sequential(*hidden)
        self.dropout = nn.Dropout(settings.dropout)
        width = settings.hidden_width or feature_width
        self.linear = nn.Linear(width, n_labels) if n_labels else nn.Identity()

    def forward(self, features: Tensor, covariates: Tensor | None = None) -> Tensor:
        """Return outputs, float32 (B, C), of features (B, D)."""
        outputs: Tensor = self.linear(self.dropout(self.hidden(features)))
        return outputs

    def scores(self, outputs: Tensor) -> Tensor:
        """Return probabilities, (B, C) in [0, 1], of outputs."""
        return outputs.sigmoid()
