"""What every architecture offers to training, prediction and explanation, whatever is inside."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn

from einthoven.errors import LeadError, SignalError
from einthoven.models.heads import MultiLabelHead

__all__ = ["Network"]


class Network(nn.Module):
    """Blocks in sequence, pooling over time, a head.

    An architecture is a final subclass that names its frozen dataclass of settings in ``settings_type`` and hands its
    blocks to this constructor.

    Parameters
    ----------
    blocks : dict of str to Module
        In the order in which the signal passes them: (B, L, T) to (B, D, T').
    pooling : Module
        (B, D, T') to (B, ``feature_width``).
    head : MultiLabelHead
        (B, ``feature_width``) to (B, C).
    n_leads : int
    feature_width : int
    minimum_samples : int
        A shorter window is refused by name.
    n_layers : int
        Convolutions on the main path (a stem of several counts as one) and the last linear layer, as He et al. 2016
        count; shortcuts and squeeze-and-excitation are left out.
    """

    settings_type: ClassVar[type[Any]]

    def __init__(
        self,
        blocks: dict[str, nn.Module],
        *,
        pooling: nn.Module,
        head: MultiLabelHead,
        n_leads: int,
        feature_width: int,
        minimum_samples: int,
        n_layers: int,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleDict(blocks)
        self.pooling = pooling
        self.head = head
        self.n_leads = n_leads
        self.feature_width = feature_width
        self.minimum_samples = minimum_samples
        self.n_layers = n_layers

    @property
    def block_names(self) -> tuple[str, ...]:
        """Names of the parts from signal to logits, for freezing and layer-wise learning rates."""
        return (*(f"blocks.{name}" for name in self.blocks), "head")

    def features(self, signal: Tensor) -> Tensor:
        """Return one vector per window.

        Parameters
        ----------
        signal : float32 (B, L, T), mV or normalised

        Returns
        -------
        float32 (B, ``feature_width``)

        Raises
        ------
        LeadError
            The number of leads differs from the one the network was built for.
        SignalError
            The window is shorter than ``minimum_samples``.
        """
        self._check(signal)
        for block in self.blocks.values():
            signal = block(signal)
        pooled: Tensor = self.pooling(signal)
        return pooled

    def forward(self, signal: Tensor) -> Tensor:
        """Return logits, float32 (B, C), of a signal as in ``features``."""
        logits: Tensor = self.head(self.features(signal))
        return logits

    def _check(self, signal: Tensor) -> None:
        name = type(self).__name__
        if signal.ndim != 3 or signal.shape[1] != self.n_leads:
            raise LeadError(
                f"{name} was built for a signal of (batch, {self.n_leads} leads, sample), got {tuple(signal.shape)}"
            )
        if signal.shape[2] < self.minimum_samples:
            raise SignalError(
                f"{name} needs at least {self.minimum_samples} samples, got {signal.shape[2]}; use a longer window_s"
            )
