"""Masked autoencoder: most patches are hidden, and the signal there is told from the few that the encoder sees.

He et al., "Masked autoencoders are scalable vision learners", CVPR 2022, arXiv:2111.06377 (code:
github.com/facebookresearch/mae). With tokens of time it is MTAE, with tokens of lead and time ST-MEM (Na et al., ICLR
2024, arXiv:2402.09450; code: github.com/bakqui/ST-MEM): each lead hides patches of its own and is decoded for itself,
with its separators. The loss is the squared error over hidden patches alone, of samples that are normalised patch by
patch (``norm_pix``). As theirs: the share that stays is rounded down, the encoder's last normalisation is applied to
tokens here and to their mean afterwards, places are sines in the decoder. Ours differs in that there is no class token,
that leads are decoded side by side, that only hidden places go through the decoder's last layers, that masks follow
from the samples' keys, and that new weights start as in GPT.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn import functional

from einthoven.errors import SpecificationError
from einthoven.models.blocks.patches import chosen_rows
from einthoven.models.encoder import Encoder
from einthoven.models.patch_encoder import Grid, PatchEncoder, patch_encoder
from einthoven.training.objectives.objective import Facts, Objective, Terms, Views
from einthoven.training.objectives.patch_decoder import PatchDecoder, check_decoder
from einthoven.training.objectives.patch_masks import PatchMasks, TokensSeen, n_hidden, random_masks

__all__ = ["MaskedPatches", "MaskedPatchesSettings", "normalised_patches"]

NAME = "masked_patches"
STREAM = 16  # of counter_random
SMALLEST_VARIANCE = 1e-6  # added to a patch's variance, as in the authors' code


@dataclass(frozen=True, slots=True)
class MaskedPatchesSettings:
    """What is hidden, and what tells it; the decoder's defaults are ST-MEM's.

    The masked autoencoder of images has ``decoder_width=512, decoder_depth=8, decoder_heads=16``.

    Attributes
    ----------
    ratio : float in (0, 1)
        Share of patches that is hidden.
    per_lead : bool
        Whether each lead hides patches of its own, where leads have tokens of their own; otherwise all leads the same.
    norm_pix : bool
        Whether the samples of a patch are normalised before they are compared.
    decoder_width, decoder_depth, decoder_heads : int
    """

    ratio: float = 0.75
    per_lead: bool = True
    norm_pix: bool = True
    decoder_width: int = 256
    decoder_depth: int = 4
    decoder_heads: int = 4

    def __post_init__(self) -> None:
        check_decoder(self.decoder_width, self.decoder_depth, self.decoder_heads, name=f"the decoder of {NAME}")


class MaskedPatches(Objective):
    """Squared error of hidden patches.

    Parameters
    ----------
    settings : MaskedPatchesSettings
    encoder : Encoder
        One with patches (``PatchEncoder``).
    facts : Facts

    Attributes
    ----------
    tokens_seen : TokensSeen
    """

    settings_type: ClassVar[type[MaskedPatchesSettings]] = MaskedPatchesSettings

    def __init__(self, settings: MaskedPatchesSettings, encoder: Encoder, facts: Facts) -> None:
        super().__init__()
        with_patches = patch_encoder(encoder, facts.window_samples, wanted_by=NAME)
        self.settings = settings
        grid = with_patches.grid(facts.window_samples)
        self.hidden = n_hidden(settings.ratio, grid.patches, wanted_by=NAME)
        self.drawn = grid if settings.per_lead else Grid(1, grid.patches)
        self.decoder = PatchDecoder(
            in_width=encoder.token_width,
            out_width=with_patches.patch_samples * (encoder.n_leads // grid.leads),
            width=settings.decoder_width,
            depth=settings.decoder_depth,
            heads=settings.decoder_heads,
            n_patches=grid.patches,
            positions_in_each_block=False,
        )
        kept = grid.patches - self.hidden + with_patches.n_separators
        self.tokens_seen = TokensSeen(grid.leads * kept, grid.leads * (kept + self.hidden))

    def forward(self, encoder: Encoder, views: Views) -> Terms:
        """Return ``loss``, the mean over hidden samples of all windows."""
        if not isinstance(encoder, PatchEncoder):
            raise SpecificationError(f"{NAME} was built for an encoder with patches, got {type(encoder).__name__}")
        masks = self.masks(views.key)
        predicted = self.decoder(encoder.encode_patches(views.signal, masks.kept), masks)
        target = chosen_rows(encoder.cut(views.signal), masks.masked)
        if self.settings.norm_pix:
            target = normalised_patches(target)
        return {"loss": functional.mse_loss(predicted.float(), target.float())}

    def masks(self, keys: Tensor) -> PatchMasks:
        """Return which patches each sample keeps and hides."""
        return random_masks(keys, self.drawn, hidden=self.hidden, stream=STREAM)


def normalised_patches(patches: Tensor) -> Tensor:
    """Return patches (..., sample) with mean 0 and variance 1; those that hardly vary become about 0.

    ``(x - mean) / sqrt(variance + 1e-6)`` with the variance of a sample (``n - 1``), as in the authors' code.
    """
    variance, mean = patches.var(dim=-1, keepdim=True), patches.mean(dim=-1, keepdim=True)
    return (patches - mean) * (variance + SMALLEST_VARIANCE).rsqrt()
