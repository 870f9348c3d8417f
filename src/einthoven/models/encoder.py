"""What every architecture offers to training, prediction and explanation, whatever is inside.

An architecture is an encoder: it turns a window into tokens (one vector per stretch of time, or per lead and stretch),
and tokens into one feature vector. What the features mean is the business of a head (``network.py``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from einthoven.errors import LeadError
from einthoven.models.blocks.pooling import Pooling
from einthoven.models.lengths import Lengths

__all__ = ["ConvolutionalEncoder", "Encoder"]


class Encoder(nn.Module, ABC):
    """A window of leads becomes tokens, and tokens one feature vector.

    An architecture is a final subclass that names its frozen dataclass of settings in ``settings_type`` and is made by
    ``Architecture(settings, n_leads=12)``.

    Parameters
    ----------
    n_leads : int
        Another number is refused by name.
    token_width, feature_width : int
    lengths : Lengths
        Windows that are accepted, in samples; others are refused by name.
    n_layers : int
        As the paper counts: for a ResNet convolutions on the main path (a stem of several counts as one) and the last
        linear layer, for a transformer its blocks.
    receptive_field : int, optional
        Samples that one token depends on; None when each depends on the whole window.
    stem, blocks, tail : tuple of str
        Names of submodules in the order in which the signal passes them; together they hold every weight, each once.
        ``blocks`` are the repeated parts that are frozen or given learning rates one by one.
    """

    settings_type: ClassVar[type[Any]]

    def __init__(
        self,
        *,
        n_leads: int,
        token_width: int,
        feature_width: int,
        lengths: Lengths,
        n_layers: int,
        receptive_field: int | None,
        stem: tuple[str, ...],
        blocks: tuple[str, ...],
        tail: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.n_leads = n_leads
        self.token_width = token_width
        self.feature_width = feature_width
        self.lengths = lengths
        self.n_layers = n_layers
        self.receptive_field = receptive_field
        self.stem_names = stem
        self.block_names = blocks
        self.tail_names = tail

    @abstractmethod
    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, P, ``token_width``), of a signal that was checked."""

    @abstractmethod
    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, ``feature_width``), of tokens."""

    def tokens(self, signal: Tensor) -> Tensor:
        """Return one vector per stretch of the window (and lead, where the architecture keeps leads apart).

        Parameters
        ----------
        signal : float32 (B, L, T), mV or normalised

        Returns
        -------
        float32 (B, P, ``token_width``)

        Raises
        ------
        LeadError
            The number of leads differs from the one the encoder was built for.
        SignalError
            The window has a length that is not accepted.
        """
        name = type(self).__name__
        if signal.ndim != 3 or signal.shape[1] != self.n_leads:
            raise LeadError(
                f"{name} was built for a signal of (batch, {self.n_leads} leads, sample), got {tuple(signal.shape)}"
            )
        self.lengths.check(signal.shape[2], name=name)
        return self.encode(signal)

    def forward(self, signal: Tensor) -> Tensor:
        """Return features, float32 (B, ``feature_width``), of a signal as in ``tokens``."""
        return self.pool(self.tokens(signal))

    def embed(self, signal: Tensor) -> Tensor:
        """Return what ``forward`` does in evaluation mode, without gradients; the mode is left as it was."""
        modes = {module: module.training for module in self.modules()}
        self.eval()
        try:
            with torch.inference_mode():
                features: Tensor = self(signal)
        finally:
            for module, training in modes.items():
                module.training = training
        return features


class ConvolutionalEncoder(Encoder):
    """Blocks in sequence along time, then pooling: what the convolutional architectures have in common.

    Parameters
    ----------
    blocks : mapping of str to Module
        In the order in which the signal passes them: (B, L, T) to (B, D, T'); the first is the stem.
    pooling : Pooling
        Of the last block's output.
    n_leads : int
    lengths : Lengths
    n_layers : int
    receptive_field : int, optional
    """

    def __init__(
        self,
        blocks: Mapping[str, nn.Module],
        *,
        pooling: Pooling,
        n_leads: int,
        lengths: Lengths,
        n_layers: int,
        receptive_field: int | None,
    ) -> None:
        first, *rest = (f"blocks.{name}" for name in blocks)
        super().__init__(
            n_leads=n_leads,
            token_width=pooling.width,
            feature_width=pooling.out_width,
            lengths=lengths,
            n_layers=n_layers,
            receptive_field=receptive_field,
            stem=(first,),
            blocks=tuple(rest),
        )
        self.blocks = nn.ModuleDict(blocks)
        self.pooling = pooling

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, T', D)."""
        for block in self.blocks.values():
            signal = block(signal)
        return signal.transpose(1, 2)

    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, ``feature_width``)."""
        pooled: Tensor = self.pooling(tokens)
        return pooled
