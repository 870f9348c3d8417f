"""HuBERT on an ECG whose leads stand one behind the other in a single stream.

Hsu et al., "HuBERT", TASLP 2021, arXiv:2106.07447; on ECGs by Coppola et al., "HuBERT-ECG", 2024,
doi:10.1101/2024.11.14.24317328 (code: github.com/Edoar-do/HuBERT-ECG, CC BY-NC 4.0, read for facts). As theirs: I of
all its seconds, then II and so on; the whole stream is low-passed and decimated, so that the filter runs across the
seams between leads and a few samples of one lead carry its neighbour; nothing but what surrounds it tells a token
which lead it is of. Ours differs in taking leads beside each other and making the stream itself, and in having no
attention mask: padded records are refused by its published models' input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from einthoven.errors import SpecificationError
from einthoven.models.blocks.convolutional_tokens import samples_per_token
from einthoven.models.blocks.zero_phase_decimation import ZeroPhaseDecimation
from einthoven.models.lengths import Lengths
from einthoven.models.post_norm_encoder import PostNormEncoder, PostNormSettings

__all__ = ["HubertEcg", "HubertEcgSettings"]


@dataclass(frozen=True, slots=True)
class HubertEcgSettings(PostNormSettings):
    """Shape of the network, as in ``PostNormSettings``; the defaults are those of HuBERT-ECG "base".

    Attributes
    ----------
    decimation : int
        Of so many samples of the stream one is kept, after a low-pass; 5 takes 500 Hz to 100 Hz, 1 leaves it.
    """

    convolution_widths: tuple[int, ...] = (512, 512, 512, 512, 512)
    convolution_kernels: tuple[int, ...] = (10, 3, 3, 2, 2)
    convolution_strides: tuple[int, ...] = (4, 2, 2, 2, 2)
    decimation: int = 5

    def __post_init__(self) -> None:
        PostNormSettings.__post_init__(self)  # super() doesn't know a class that slots made anew
        if self.decimation < 1:
            raise SpecificationError(f"decimation of HubertEcgSettings must be at least 1, got {self.decimation}")


class HubertEcg(PostNormEncoder):
    """HuBERT's encoder over the leads' stream; tokens follow each other lead by lead.

    Parameters
    ----------
    settings : HubertEcgSettings
    n_leads : int
    """

    settings_type: ClassVar[type[HubertEcgSettings]] = HubertEcgSettings

    def __init__(self, settings: HubertEcgSettings, *, n_leads: int) -> None:
        factor = settings.decimation
        source = _Stream(factor)
        shortest = samples_per_token(settings.convolution_kernels, settings.convolution_strides) * factor
        per_lead = -(-max(shortest, source.minimum) // n_leads)
        super().__init__(
            settings,
            n_leads=n_leads,
            channels=1,
            lengths=Lengths(minimum=-(-per_lead // factor) * factor, multiple_of=factor),
            source=source,
        )


class _Stream(nn.Module):
    """All samples of the first lead, then of the second..., decimated: (B, L, T) to (B, 1, L * T / factor)."""

    def __init__(self, factor: int) -> None:
        super().__init__()
        self.decimation = ZeroPhaseDecimation(factor) if factor > 1 else None
        self.minimum = 1 if self.decimation is None else self.decimation.minimum

    def forward(self, signal: Tensor) -> Tensor:
        stream = signal.flatten(1)
        if self.decimation is not None:
            stream = self.decimation(stream)
        return stream[:, None]
