"""What says from the patches that stay what the hidden ones are: a small transformer over one row of the grid.

The decoder of masked autoencoders (He et al. 2022, arXiv:2111.06377; ST-MEM: Na et al. 2024, arXiv:2402.09450) and the
predictor of ECG-JEPA (Kim, arXiv:2410.08559) are one network: tokens are made narrower, a learnt token stands for each
hidden patch, sines tell the place, blocks follow, and a linear layer at the hidden places. With tokens per lead each
lead is decoded for itself, so what is known of other leads has to be in the encoder's tokens; the authors go through
the leads one by one, here they are samples of one batch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.pre_norm_layer import START, PreNormLayer
from einthoven.models.blocks.sine_positions import sine_positions
from einthoven.models.patch_encoder import PatchTokens
from einthoven.training.objectives.patch_masks import PatchMasks

__all__ = ["PatchDecoder", "check_decoder"]

# hidden width of a perceptron over the width of a token: He et al. 2022, Na et al. 2024 and Kim 2024 alike
MLP_RATIO = 4


class PatchDecoder(nn.Module):
    """Tokens of the patches that stay become predictions of the hidden ones.

    Parameters
    ----------
    in_width, out_width : int
        Of the encoder's tokens and of a prediction.
    width, depth, heads : int
        Of the decoder; the width is a multiple of 2 and of the heads.
    n_patches : int
        Of a row.
    positions_in_each_block : bool
        Whether places are added before every block (ECG-JEPA) or once (masked autoencoders).
    """

    def __init__(
        self,
        *,
        in_width: int,
        out_width: int,
        width: int,
        depth: int,
        heads: int,
        n_patches: int,
        positions_in_each_block: bool,
    ) -> None:
        super().__init__()
        self.positions_in_each_block = positions_in_each_block
        self.narrow = nn.Linear(in_width, width)
        self.mask_token = nn.Parameter(START * torch.randn(width))
        self.positions = nn.Buffer(sine_positions(n_patches, width))
        self.blocks = nn.ModuleList(
            PreNormLayer(width, heads=heads, head_width=width // heads, mlp_width=MLP_RATIO * width, qkv_bias=True)
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, out_width)
        self.apply(_start)
        nn.init.normal_(
            self.out.weight, std=START
        )  # the first prediction is about 0, so the first loss is the variance

    def forward(self, visible: PatchTokens, masks: PatchMasks) -> Tensor:
        """Return predictions of the hidden patches, float32 (B, G, M, ``out_width``), in the order of ``masks``.

        Attention doesn't mind the order: separators first, then patches that stay, then hidden ones.
        """
        n_ends, n_hidden = visible.ends.shape[2], masks.masked.shape[2]
        tokens = self.narrow(torch.cat([visible.ends, visible.patches], dim=2))
        hidden = self.mask_token.expand(*tokens.shape[:2], n_hidden, -1)
        tokens = torch.cat([tokens, hidden.to(tokens.dtype)], dim=2)
        places = self.positions[torch.cat([masks.kept, masks.masked], dim=2)]
        positions = nn.functional.pad(places, (0, 0, n_ends, 0)).expand_as(tokens).flatten(0, 1)
        rows, tokens = tokens.shape[:2], tokens.flatten(0, 1)
        for index, block in enumerate(self.blocks):
            tokens = block(tokens + positions if index == 0 or self.positions_in_each_block else tokens)
        out: Tensor = self.out(self.norm(tokens[:, -n_hidden:]))
        return out.reshape(*rows, n_hidden, -1)


def _start(module: nn.Module) -> None:
    """Draw a linear layer's weights as the authors of masked autoencoders do (Glorot and Bengio 2010); biases are 0.

    At small widths GPT's smaller ones would let places drown what is in the patches, and learning would begin late.
    """
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def check_decoder(width: int, depth: int, heads: int, *, name: str) -> None:
    """Refuse a shape that makes no decoder; ``name`` begins the message.

    Raises
    ------
    SpecificationError
        Says what is accepted and what came.
    """
    if min(width, depth, heads) < 1 or width % 2 or width % heads:
        raise SpecificationError(
            f"{name} needs a positive width, a multiple of 2 and of heads, and a positive depth, "
            f"got width {width}, depth {depth}, heads {heads}"
        )
