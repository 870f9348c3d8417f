"""LSTM-FCN: an LSTM along time beside a fully convolutional network, their outputs side by side.

Karim, Majumdar, Darabi, Chen, "LSTM fully convolutional networks for time series classification", IEEE Access 2018,
arXiv:1709.05206 (code: github.com/titu1994/LSTM-FCN). The convolutional branch (``fcn``), the mean over time of its
output, the LSTM's last state beside it and dropout of 0.8 on that state are theirs. Their LSTM doesn't run along time:
the "dimension shuffle" hands it the window as one step of T values (with several leads, "MLSTM-FCN" of
arXiv:1801.04503, as one step of T values per lead), so that its weights fit one length of window alone. Ours differs:

- the LSTM runs along time, over one strided convolution of the leads, so that windows of any length are taken and a
  window of 2,500 samples makes 313 steps;
- it runs in both directions unless told otherwise: each token then knows the whole window;
- a token is the mean of the convolutional branch over ``stride`` samples beside the LSTM's state of these samples;
- convolutions have no bias, which the batch normalisation behind them takes away again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.same_padding import same_convolution_norm
from einthoven.models.encoder import Encoder
from einthoven.models.lengths import Lengths

__all__ = ["LstmFcn", "LstmFcnSettings"]


@dataclass(frozen=True, slots=True)
class LstmFcnSettings:
    """Shape of the network.

    Attributes
    ----------
    widths : tuple of int
        Channels of the convolutions, at least two.
    kernel_sizes : tuple of int
        One per convolution, in samples, odd or even.
    lstm_width : int
        Of a state in one direction; the paper tries 8, 64 and 128.
    lstm_dropout : float in [0, 1)
        Of the LSTM's states in training.
    bidirectional : bool
    stride : int
        Samples per token and per step of the LSTM.
    stem_width, stem_kernel_size : int
        Of the convolution that the LSTM reads; its kernel is no shorter than the stride, so that no sample is skipped.
    """

    widths: tuple[int, ...] = (128, 256, 128)
    kernel_sizes: tuple[int, ...] = (8, 5, 3)
    lstm_width: int = 64
    lstm_dropout: float = 0.8
    bidirectional: bool = True
    stride: int = 8
    stem_width: int = 64
    stem_kernel_size: int = 15

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.kernel_sizes) or len(self.widths) < 2:
            raise SpecificationError(
                "lstm_fcn needs as many widths as kernel_sizes, at least two of each, "
                f"got {self.widths} and {self.kernel_sizes}"
            )
        if min(*self.widths, *self.kernel_sizes, self.lstm_width, self.stem_width, self.stride) < 1:
            raise SpecificationError(
                "widths, kernel_sizes, lstm_width, stem_width and stride of lstm_fcn must be positive, "
                f"got {self.widths}, {self.kernel_sizes}, {self.lstm_width}, {self.stem_width} and {self.stride}"
            )
        if self.stem_kernel_size < self.stride:
            raise SpecificationError(
                "stem_kernel_size of lstm_fcn must be the stride or more, "
                f"got {self.stem_kernel_size} and a stride of {self.stride}"
            )
        if not 0 <= self.lstm_dropout < 1:
            raise SpecificationError(f"lstm_dropout of lstm_fcn must be in [0, 1), got {self.lstm_dropout}")


class LstmFcn(Encoder):
    """Convolutions and an LSTM beside each other; one token per ``stride`` samples, the last one of the rest.

    The features are the mean of the tokens' convolutional part and the LSTM's last state (of both directions: the last
    that each computes). ``n_layers`` counts the convolutions and the last linear layer, as ``fcn`` does: the LSTM
    stands beside them.

    Parameters
    ----------
    settings : LstmFcnSettings
    n_leads : int
    """

    settings_type: ClassVar[type[LstmFcnSettings]] = LstmFcnSettings

    def __init__(self, settings: LstmFcnSettings, *, n_leads: int) -> None:
        names = [f"convolutions.{index}" for index in range(len(settings.widths))]
        states = settings.lstm_width * (2 if settings.bidirectional else 1)
        super().__init__(
            n_leads=n_leads,
            token_width=settings.widths[-1] + states,
            feature_width=settings.widths[-1] + states,
            lengths=Lengths(minimum=max(*settings.kernel_sizes, settings.stem_kernel_size)),
            n_layers=len(names) + 1,
            receptive_field=None,  # the LSTM has seen all that came before, and behind in the other direction
            stem=(names[0], "lstm_stem"),
            blocks=(*names[1:], "lstm"),
        )
        self.settings = settings
        self.convolutions = nn.Sequential()
        width = n_leads
        for out, kernel_size in zip(settings.widths, settings.kernel_sizes, strict=True):
            self.convolutions.append(same_convolution_norm(width, out, kernel_size=kernel_size))
            width = out
        self.mean_per_token = nn.AvgPool1d(settings.stride, settings.stride, ceil_mode=True)
        self.lstm_stem = same_convolution_norm(
            n_leads, settings.stem_width, kernel_size=settings.stem_kernel_size, stride=settings.stride
        )
        self.lstm = _lstm(settings)
        self.dropout = nn.Dropout(settings.lstm_dropout)

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, ceil(T / stride), D): the convolutional branch's, then the LSTM's states."""
        convolved = self.mean_per_token(self.convolutions(signal)).transpose(1, 2)
        states, _ = self.lstm(self.lstm_stem(signal).transpose(1, 2))
        return torch.cat([convolved, self.dropout(states)], dim=2)

    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, D): mean of the convolutional part, last state of each direction."""
        first = self.settings.widths[-1]
        forward = first + self.settings.lstm_width
        parts = [tokens[:, :, :first].mean(dim=1), tokens[:, -1, first:forward]]
        if self.settings.bidirectional:
            parts.append(tokens[:, 0, forward:])
        return torch.cat(parts, dim=1)


def _lstm(settings: LstmFcnSettings) -> nn.LSTM:
    """Return an LSTM as Keras starts it: it remembers at first (Jozefowicz et al. 2015, forget bias of 1)."""
    lstm = nn.LSTM(settings.stem_width, settings.lstm_width, batch_first=True, bidirectional=settings.bidirectional)
    width = settings.lstm_width
    for name, parameter in lstm.named_parameters():
        if name.startswith("weight_ih"):
            nn.init.xavier_uniform_(parameter)
        elif name.startswith("weight_hh"):
            nn.init.orthogonal_(parameter)
        else:
            nn.init.zeros_(parameter)
            if name.startswith("bias_ih"):  # gates in the order input, forget, cell, output
                nn.init.ones_(parameter.data[width : 2 * width])
    return lstm
