"""What is trained and asked: an encoder between an optional adapter of leads and a head."""

from __future__ import annotations

from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.models.heads import Head

__all__ = ["Network"]


class Network(nn.Module):
    """Leads are adapted, the signal becomes features, features become one output per label.

    Parameters
    ----------
    encoder : Encoder
    head : Head
    adapter : Module, optional
        Maps (B, leads of the signal, T) to (B, leads of the encoder, T).
    """

    def __init__(self, encoder: Encoder, head: Head, adapter: nn.Module | None = None) -> None:
        super().__init__()
        self.adapter = nn.Identity() if adapter is None else adapter
        self.encoder = encoder
        self.head = head
        self._frozen: tuple[str, ...] = ()

    @property
    def part_names(self) -> tuple[str, ...]:
        """Names of the parts from signal to outputs, for freezing and layer-wise learning rates."""
        encoder = self.encoder
        parts = (*encoder.stem_names, *encoder.block_names, *encoder.tail_names)
        return ("adapter", *(f"encoder.{name}" for name in parts), "head")

    def features(self, signal: Tensor) -> Tensor:
        """Return one vector per window, float32 (B, ``encoder.feature_width``), of a signal as ``forward`` takes."""
        features: Tensor = self.encoder(self.adapter(signal))
        return features

    def forward(self, signal: Tensor, covariates: Tensor | None = None) -> Tensor:
        """Return the head's outputs (logits, say), float32 (B, C).

        Parameters
        ----------
        signal : float32 (B, L, T), mV or normalised
        covariates : float32 (B, n_covariates), optional
            For a head that asks for them.
        """
        outputs: Tensor
        if self.head.takes_tokens:
            outputs = self.head(self.encoder.tokens(self.adapter(signal)), covariates)
        else:
            outputs = self.head(self.features(signal), covariates)
        return outputs

    def freeze(self, n_blocks: int) -> None:
        """Keep stem and the first ``n_blocks`` blocks of the encoder as they are: weights and running statistics.

        Raises
        ------
        SpecificationError
            The encoder has fewer blocks.
        """
        names = self.encoder.block_names
        if not 0 <= n_blocks <= len(names):
            raise SpecificationError(f"{type(self.encoder).__name__} has {len(names)} blocks, can't freeze {n_blocks}")
        frozen = (*self.encoder.stem_names, *names[:n_blocks]) if n_blocks else ()
        self._frozen = tuple(f"encoder.{name}" for name in frozen)
        self.requires_grad_(True)
        for name in self._frozen:
            self.get_submodule(name).requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Network:  # noqa: FBT001, FBT002 - torch's signature
        """Set training mode everywhere but in what is frozen, whose normalisation would otherwise drift."""
        super().train(mode)
        for name in self._frozen:
            self.get_submodule(name).eval()
        return self
