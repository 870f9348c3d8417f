"""A version of each architecture that is small enough for seconds; a new architecture adds its own line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["SMALL", "Small"]


@dataclass(frozen=True, slots=True)
class Small:
    """Settings of a small encoder, a window that it takes, and numbers of leads beside 12 that it takes."""

    settings: dict[str, Any]
    samples: int = 250
    n_leads: int = 12
    other_leads: tuple[int, ...] = (1, 8)
    other_samples: tuple[int, ...] = field(default=(251, 333, 1000))


SMALL: dict[str, Small] = {
    "conv_cpc": Small({"widths": [8, 8], "kernel_sizes": [3, 1], "strides": [2, 1], "n_layers": 2}),
    "code_resnet": Small(
        {"n_samples": 256, "stem_width": 8, "widths": [8, 8, 12], "strides": [1, 4, 4], "kernel_size": 6},
        samples=256,
        other_samples=(),
    ),
    "merl_resnet": Small({"widths": [4, 8, 8, 8], "dropout": 0.1, "pooling": "mean_max", "stem_maximum": True}),
    "efficientnet1d": Small(
        {"widths": [4, 8, 8], "repeats": [1, 2, 2], "strides": [1, 2, 2], "expansions": [1, 2, 3], "fused_stages": 2}
        | {"stem_width": 4, "feature_width": 16}
    ),
    "fcn": Small({"widths": [4, 6, 8]}),
    "inception_time": Small({"depth": 4, "width": 4, "bottleneck_width": 4}),
    "lstm_fcn": Small({"widths": [4, 6, 8], "lstm_width": 4, "lstm_dropout": 0.0, "stem_width": 4}),
    "net1d": Small({"base_filters": 4, "filter_list": [4, 8, 12], "m_blocks_list": [1, 2, 1], "groups_width": 4}),
    "resnet1d": Small({"widths": [4, 8, 8], "strides": [1, 2, 1]}),
    "se_resnext1d": Small({"depth": 26, "width": 4, "cardinality": 4, "kernel_size": 3}),
    "jepa_vit": Small(
        {"patch_samples": 25, "max_samples": 250, "width": 16, "depth": 2, "heads": 2, "mlp_width": 32},
        other_samples=(25, 100),
    ),
    "vit1d": Small(
        {"tokens": "lead_time", "patch_samples": 25, "max_samples": 250, "width": 16, "depth": 2, "heads": 2}
        | {"head_width": 8, "mlp_width": 32, "positions": "sine", "patch_norm": True},
        other_samples=(25, 100),
    ),
    "hubert_ecg": Small(
        {"convolution_widths": [8] * 5, "width": 16, "depth": 2, "n_heads": 2, "hidden_width": 32}
        | {"position_kernel": 8, "position_groups": 4},
        samples=500,
        other_leads=(8,),
        other_samples=(505, 1000),
    ),
    "wav2vec2_ecg": Small(
        {"convolution_widths": [8] * 4, "width": 16, "depth": 2, "n_heads": 2, "hidden_width": 32}
        | {"position_kernel": 8, "position_groups": 4}
    ),
    "s4": Small({"width": 8, "n_layers": 2}, other_samples=(251, 1000, 90)),
    "xresnet1d": Small({"depth": 18, "widths": [8, 8, 8, 8], "stem_widths": [4, 4, 8]}),
}
