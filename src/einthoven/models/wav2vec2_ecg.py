"""wav2vec 2.0 on twelve leads: each token sees all leads of a short stretch, a transformer the whole window.

Baevski, Zhou, Mohamed, Auli, "wav2vec 2.0", NeurIPS 2020, arXiv:2006.11477; on ECGs by Oh et al., "Lead-agnostic
self-supervised learning", CHIL 2022, arXiv:2203.06889 (code: github.com/Jwoo5/fairseq-signals, MIT) and McKeen et al.,
"ECG-FM", 2025, arXiv:2408.05178. The defaults are the latter's: 4 convolutions halve the rate each, 12 layers follow.
Ours differs in the mean over all tokens, where theirs passes over features that are exactly zero, and in dropouts that
are off unless asked for (0.1 in their pretraining).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from einthoven.models.blocks.convolutional_tokens import samples_per_token
from einthoven.models.lengths import Lengths
from einthoven.models.post_norm_encoder import PostNormEncoder, PostNormSettings

__all__ = ["Wav2Vec2Ecg", "Wav2Vec2EcgSettings"]


@dataclass(frozen=True, slots=True)
class Wav2Vec2EcgSettings(PostNormSettings):
    """Shape of the network, as in ``PostNormSettings``; the defaults are ECG-FM's."""


class Wav2Vec2Ecg(PostNormEncoder):
    """wav2vec 2.0's encoder with the leads as channels of the first convolution.

    Parameters
    ----------
    settings : Wav2Vec2EcgSettings
    n_leads : int
    """

    settings_type: ClassVar[type[Wav2Vec2EcgSettings]] = Wav2Vec2EcgSettings

    def __init__(self, settings: Wav2Vec2EcgSettings, *, n_leads: int) -> None:
        shortest = samples_per_token(settings.convolution_kernels, settings.convolution_strides)
        super().__init__(
            settings, n_leads=n_leads, channels=n_leads, lengths=Lengths(minimum=shortest), source=nn.Identity()
        )
