"""What wav2vec 2.0 and HuBERT have in common: convolutions make tokens, a transformer relates them.

Baevski, Zhou, Mohamed, Auli, "wav2vec 2.0", NeurIPS 2020, arXiv:2006.11477; Hsu et al., "HuBERT", TASLP 2021,
arXiv:2106.07447 (code of both: github.com/facebookresearch/fairseq, MIT). Tokens of strided convolutions are
normalised and projected, a convolution over them adds positions, and layers that normalise after each sum follow
("post-norm": so the sum of tokens and positions is normalised before the first layer, and nothing after the last).
Masking, quantisation and targets of the pretraining are no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolutional_position import ConvolutionalPosition
from einthoven.models.blocks.convolutional_tokens import ConvolutionalTokens
from einthoven.models.blocks.pooling import Pooling
from einthoven.models.blocks.post_norm_layer import PostNormLayer
from einthoven.models.encoder import Encoder
from einthoven.models.lengths import Lengths

__all__ = ["PostNormEncoder", "PostNormSettings"]


@dataclass(frozen=True, slots=True)
class PostNormSettings:
    """Shape of the network; the defaults are wav2vec 2.0's "base" transformer behind ECG-FM's convolutions.

    Attributes
    ----------
    convolution_widths, convolution_kernels, convolution_strides : tuple of int
        One of each per convolution.
    width : int
        Of a token; a multiple of ``n_heads`` and of ``position_groups``.
    depth : int
        Layers of the transformer.
    n_heads : int
    hidden_width : int
        Of a layer's two linear ones.
    position_kernel : int
        Of the convolution over tokens that makes positions.
    position_groups : int
    dropout, attention_dropout : float in [0, 1)
    block_dropout : float in [0, 1)
        Chance that a record skips a layer in training.
    """

    convolution_widths: tuple[int, ...] = (256, 256, 256, 256)
    convolution_kernels: tuple[int, ...] = (2, 2, 2, 2)
    convolution_strides: tuple[int, ...] = (2, 2, 2, 2)
    width: int = 768
    depth: int = 12
    n_heads: int = 12
    hidden_width: int = 3072
    position_kernel: int = 128
    position_groups: int = 16
    dropout: float = 0.0
    attention_dropout: float = 0.0
    block_dropout: float = 0.0

    def __post_init__(self) -> None:
        name = type(self).__name__
        stack = (self.convolution_widths, self.convolution_kernels, self.convolution_strides)
        if len({len(part) for part in stack}) != 1 or not stack[0] or min(min(part) for part in stack) < 1:
            raise SpecificationError(
                f"{name} needs as many positive convolution_widths as convolution_kernels and convolution_strides, "
                f"got {stack[0]}, {stack[1]} and {stack[2]}"
            )
        for what in ("width", "depth", "n_heads", "hidden_width", "position_kernel", "position_groups"):
            if getattr(self, what) < 1:
                raise SpecificationError(f"{what} of {name} must be at least 1, got {getattr(self, what)}")
        if self.width % self.n_heads or self.width % self.position_groups:
            raise SpecificationError(
                f"width of {name} must be a multiple of n_heads and of position_groups, "
                f"got {self.width}, {self.n_heads} and {self.position_groups}"
            )
        for what in ("dropout", "attention_dropout", "block_dropout"):
            if not 0 <= getattr(self, what) < 1:
                raise SpecificationError(f"{what} of {name} must lie in [0, 1), got {getattr(self, what)}")


class PostNormEncoder(Encoder):
    """Tokens are the last layer's output, features their mean.

    Parameters
    ----------
    settings : PostNormSettings
    n_leads : int
    channels : int
        That the first convolution takes.
    lengths : Lengths
    source : Module
        Without weights; maps a signal (B, L, T) to (B, ``channels``, T').
    """

    def __init__(
        self, settings: PostNormSettings, *, n_leads: int, channels: int, lengths: Lengths, source: nn.Module
    ) -> None:
        super().__init__(
            n_leads=n_leads,
            token_width=settings.width,
            feature_width=settings.width,
            lengths=lengths,
            n_layers=settings.depth,
            receptive_field=None,
            stem=("convolutions", "projection", "position", "norm"),
            blocks=tuple(f"layers.{index}" for index in range(settings.depth)),
        )
        self.source = source
        self.convolutions = ConvolutionalTokens(
            channels,
            widths=settings.convolution_widths,
            kernel_sizes=settings.convolution_kernels,
            strides=settings.convolution_strides,
        )
        convolved = settings.convolution_widths[-1]
        self.projection = nn.Sequential(nn.LayerNorm(convolved), nn.Linear(convolved, settings.width))
        self.position = ConvolutionalPosition(
            settings.width, kernel_size=settings.position_kernel, groups=settings.position_groups
        )
        self.norm = nn.LayerNorm(settings.width)
        self.dropout = nn.Dropout(settings.dropout)
        self.layers = nn.ModuleList(_layer(settings) for _ in range(settings.depth))
        self.pooling = Pooling(settings.width, "mean")

    def latents(self, signal: Tensor) -> Tensor:
        """Return what the convolutions make of a signal that was checked, float32 (B, P, last convolution's width)."""
        latents: Tensor = self.convolutions(self.source(signal))
        return latents

    def normalised(self, latents: Tensor) -> Tensor:
        """Return latents, each with mean 0 and variance 1 but for what was learnt: (B, P, C) as (B, P, C)."""
        out: Tensor = self.projection[0](latents)
        return out

    def embedded(self, normalised: Tensor) -> Tensor:
        """Return tokens that don't know their place yet, float32 (B, P, D), of normalised latents (B, P, C)."""
        out: Tensor = self.dropout(self.projection[1](normalised))
        return out

    def context(self, embedded: Tensor) -> Tensor:
        """Return tokens that know the whole window, float32 (B, P, D), of ``embedded`` (B, P, D)."""
        tokens: Tensor = self.dropout(self.norm(embedded + self.position(embedded)))
        for layer in self.layers:
            tokens = layer(tokens)
        return tokens

    def encode(self, signal: Tensor) -> Tensor:
        """Return tokens, float32 (B, P, D)."""
        return self.context(self.embedded(self.normalised(self.latents(signal))))

    def pool(self, tokens: Tensor) -> Tensor:
        """Return features, float32 (B, D)."""
        pooled: Tensor = self.pooling(tokens)
        return pooled


def _layer(settings: PostNormSettings) -> PostNormLayer:
    return PostNormLayer(
        settings.width,
        hidden_width=settings.hidden_width,
        n_heads=settings.n_heads,
        dropout=settings.dropout,
        attention_dropout=settings.attention_dropout,
        drop_probability=settings.block_dropout,
    )
