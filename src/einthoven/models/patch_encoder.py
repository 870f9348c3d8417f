"""What a vision transformer offers to objectives that hide patches: the rest of them goes through the blocks alone.

A window is a grid of patches: one row per lead that has tokens of its own, or a single row where a token holds all
leads. Each sample of a batch keeps as many patches of a row as the others, so shapes don't depend on what is drawn.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import NamedTuple

from torch import Tensor

from einthoven.errors import SpecificationError
from einthoven.models.encoder import Encoder
from einthoven.models.lengths import Lengths

__all__ = ["Grid", "PatchEncoder", "PatchTokens", "patch_encoder"]


class Grid(NamedTuple):
    """Rows and columns of patches: leads with tokens of their own (1 where a token holds all), and patches of each."""

    leads: int
    patches: int


class PatchTokens(NamedTuple):
    """Normalised tokens of chosen patches (B, G, K, D), and of separators at the ends of each row (B, G, S, D)."""

    patches: Tensor
    ends: Tensor


class PatchEncoder(Encoder):
    """A vision transformer: patches become tokens one by one, then see each other in blocks, then are normalised.

    Parameters
    ----------
    n_leads : int
    token_leads : int
        Rows of the grid: ``n_leads`` where each lead has tokens of its own, or 1.
    patch_samples, max_samples : int
    width, depth : int
    stem : tuple of str
        Name of what makes tokens of patches; the blocks are ``blocks.0``..., and ``norm`` is last.
    n_separators : int
        Tokens beside those of patches in each row.
    """

    def __init__(
        self,
        *,
        n_leads: int,
        token_leads: int,
        patch_samples: int,
        max_samples: int,
        width: int,
        depth: int,
        stem: tuple[str, ...],
        n_separators: int = 0,
    ) -> None:
        super().__init__(
            n_leads=n_leads,
            token_width=width,
            feature_width=width,
            lengths=Lengths(patch_samples, maximum=max_samples, multiple_of=patch_samples),
            n_layers=depth,
            receptive_field=None,
            stem=stem,
            blocks=tuple(f"blocks.{index}" for index in range(depth)),
            tail=("norm",),
        )
        self.patch_samples = patch_samples
        self.token_leads = token_leads
        self.n_separators = n_separators

    @abstractmethod
    def encode_patches(self, signal: Tensor, kept: Tensor | None = None) -> PatchTokens:
        """Return tokens of some patches that have seen no others.

        Parameters
        ----------
        signal : float32 (B, L, T)
            Of a length that is accepted.
        kept : int64 (B, G, K), or (B, 1, K) for the same of each row, optional
            Which patches of a row, in any order, each once; all without it.
        """

    def grid(self, n_samples: int) -> Grid:
        """Return the patches of a window."""
        return Grid(self.token_leads, n_samples // self.patch_samples)

    def cut(self, signal: Tensor) -> Tensor:
        """Return what each token is made from, float32 (B, G, P, samples of a patch), lead after lead in a patch."""
        patches = signal.reshape(*signal.shape[:2], -1, self.patch_samples)
        if self.token_leads == 1:
            return patches.transpose(1, 2).flatten(2).unsqueeze(1)
        return patches


def patch_encoder(encoder: Encoder, n_samples: int, *, wanted_by: str) -> PatchEncoder:
    """Return the encoder if it has patches that ``wanted_by`` can hide, and windows of this length are made of them.

    Raises
    ------
    SpecificationError
        The encoder has no patches: names the architectures that have; or the window isn't whole patches.
    """
    if not isinstance(encoder, PatchEncoder):
        raise SpecificationError(
            f"{wanted_by} hides patches of a vision transformer: architecture must be one of "
            f"{', '.join(_with_patches())}, got {type(encoder).__name__}"
        )
    size, name = encoder.patch_samples, type(encoder).__name__
    if n_samples % size:
        raise SpecificationError(
            f"{wanted_by} needs windows of whole patches: {n_samples} samples aren't a multiple of patch_samples "
            f"({size}) of {name}; use another window_s or patch_samples"
        )
    if not encoder.lengths.accepts(n_samples):
        raise SpecificationError(
            f"{wanted_by} needs windows that {name} takes, {encoder.lengths}, got {n_samples}; use another max_samples"
        )
    return encoder


def _with_patches() -> list[str]:
    from einthoven.models.architectures import ARCHITECTURES
    from einthoven.registry import resolve

    known = {name: resolve("architectures", name, ARCHITECTURES) for name in sorted(ARCHITECTURES)}
    return [name for name, architecture in known.items() if issubclass(architecture, PatchEncoder)]
