"""Compile the repeated parts of encoders with ``torch.compile``, wherever an objective calls them from.

Parts are compiled one by one ("regional compilation", docs.pytorch.org/tutorials/recipes/regional_compilation.html): an
objective may lead any subset of the tokens through the blocks, blocks of one class share their code, and names of
weights stay what they are. Each shape has code of its own (a batch has micro-batches of two sizes at most), as code for
any shape is slower, and inductor's fails on some CPUs.
"""

from __future__ import annotations

from torch import nn

from einthoven.models.encoder import Encoder

__all__ = ["compile_blocks"]


def compile_blocks(module: nn.Module, *, backend: str = "inductor") -> int:
    """Compile stem, blocks and tail of each encoder that is trained or teaches, and return how many parts they are."""
    parts = {
        part
        for encoder in module.modules()
        if isinstance(encoder, Encoder)
        for name in (*encoder.stem_names, *encoder.block_names, *encoder.tail_names)
        for part in [encoder.get_submodule(name)]
    }
    for part in parts:
        part.compile(backend=backend, dynamic=False)
    return len(parts)
