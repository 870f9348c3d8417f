"""S4: layers of structured state spaces over the whole window, bidirectional, without convolutions or attention.

Gu, Goel, Re, "Efficiently modeling long sequences with structured state spaces", ICLR 2022, arXiv:2111.00396; diagonal:
Gu, Goel, Gupta, Re, NeurIPS 2022, arXiv:2206.11893; on ECGs: Mehari and Strodthoff, "Advancing the state-of-the-art for
ECG analysis through structured state space models", 2022, arXiv:2211.07579 (code: github.com/tmehari/ssm_ecg). As
theirs: leads are mixed by a convolution of one sample, four layers normalised behind the sum, the mean over time. Ours
differs in that the state space is diagonal by default, that dropout leaves out channels over the whole window, and that
the first convolution may have a stride.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from torch import nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.low_rank_state_space import LowRankStateSpace
from einthoven.models.blocks.state_space import DiagonalStateSpace
from einthoven.models.blocks.state_space_block import StateSpaceBlock
from einthoven.models.state_space_encoder import StateSpaceEncoder

__all__ = ["S4", "MatrixName", "S4Settings"]

MatrixName = Literal["diagonal", "low_rank"]


@dataclass(frozen=True, slots=True)
class S4Settings:
    """Shape of the network; the defaults make a narrow one, of 0.15 million weights, for two CPU cores.

    Mehari and Strodthoff's, at 100 Hz: ``width=512, matrix="low_rank"``. At 250 Hz a ``stem_stride`` of 2, with a
    ``stem_kernel_size`` of 5, comes near their tokens per second and halves the time.

    Attributes
    ----------
    width : int
        Channels of a token; 512 in the paper.
    state_size : int
        Real numbers in the state of a channel, even.
    n_layers : int
    matrix : ``diagonal`` or ``low_rank``
        S4D, whose oscillators and steps are trained; or HiPPO-LegS, which stays as it is.
    bidirectional : bool
        Without, a token knows the past alone, and layers can run sample by sample.
    dropout : float in [0, 1)
        Of channels, in each layer.
    stem_kernel_size, stem_stride : int
        Of the first convolution, in samples; the kernel is odd.
    """

    width: int = 128
    state_size: int = 8
    n_layers: int = 4
    matrix: MatrixName = "diagonal"
    bidirectional: bool = True
    dropout: float = 0.2
    stem_kernel_size: int = 1
    stem_stride: int = 1

    def __post_init__(self) -> None:
        if self.matrix not in get_args(MatrixName):
            raise SpecificationError(f"matrix of s4 must be 'diagonal' or 'low_rank', got {self.matrix!r}")
        if min(self.width, self.n_layers, self.stem_stride) < 1:
            raise SpecificationError(
                "width, n_layers and stem_stride of s4 must be positive, "
                f"got {self.width}, {self.n_layers} and {self.stem_stride}"
            )
        if self.state_size < 2 or self.state_size % 2:
            raise SpecificationError(f"state_size of s4 must be even and at least 2, got {self.state_size}")
        if self.stem_kernel_size < 1 or self.stem_kernel_size % 2 == 0:
            raise SpecificationError(f"stem_kernel_size of s4 must be odd, got {self.stem_kernel_size}")
        if not 0 <= self.dropout < 1:
            raise SpecificationError(f"dropout of s4 must be in [0, 1), got {self.dropout}")


class S4(StateSpaceEncoder):
    """S4 or S4D; a window makes ``ceil(T / stem_stride)`` tokens.

    Parameters
    ----------
    settings : S4Settings
    n_leads : int
    """

    settings_type: ClassVar[type[S4Settings]] = S4Settings

    def __init__(self, settings: S4Settings, *, n_leads: int) -> None:
        kernel, stride = settings.stem_kernel_size, settings.stem_stride
        stem = nn.Conv1d(n_leads, settings.width, kernel, stride, (kernel - 1) // 2)
        kind = DiagonalStateSpace if settings.matrix == "diagonal" else LowRankStateSpace
        blocks = (
            StateSpaceBlock(
                kind(settings.width, state_size=settings.state_size, bidirectional=settings.bidirectional),
                dropout=settings.dropout,
            )
            for _ in range(settings.n_layers)
        )
        super().__init__(
            stem,
            blocks,
            kernel_sizes=(kernel,),
            strides=(stride,),
            n_leads=n_leads,
            width=settings.width,
            bidirectional=settings.bidirectional,
        )
