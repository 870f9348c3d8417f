"""All that was chosen for the experiment on pretraining, in one place; on validation alone, before the test was opened.

Every arm, pretrained or from scratch, chooses among as many fine-tuning recipes, on the same validation ECGs and draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from einthoven.ecg.input_spec import NormaliseSpec, ViewSpec
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.pretrain_settings import PretrainSettings, WatchSettings
from pretraining_fine_tuning import Recipe

__all__ = [
    "ARMS",
    "DRAWS",
    "ENCODERS",
    "MINUTES",
    "PRETRAININGS",
    "RECIPES",
    "SIMULATED",
    "SIZES",
    "TUNING_DRAWS",
    "TUNING_SIZES",
    "Arm",
    "Encoder",
    "Pretraining",
]

SIMULATED = 50_000
SIZES = (64, 128, 256, 512)
DRAWS = 20
TUNING_DRAWS, TUNING_SIZES = 3, {64: 64, 128: 64, 256: 256, 512: 256}
"""Draws that recipes are chosen on, others than those that count; and whose choice each size takes over."""
MINUTES = 40.0
"""Of each pretraining, on two cores."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """An architecture at a size that two cores can train; ``window`` is that of fine-tuning, in samples."""

    architecture: str
    settings: Mapping[str, Any]
    window: int


ENCODERS = {
    "vit1d": Encoder(
        "vit1d",
        {
            "patch_samples": 25, "max_samples": 1000, "width": 128, "depth": 4, "heads": 4, "head_width": 32,
            "mlp_width": 512,
        },
        window=1000,
    ),
    "conv_cpc": Encoder(
        "conv_cpc",
        {"widths": [64, 128, 128], "kernel_sizes": [7, 5, 3], "strides": [2, 2, 2], "n_layers": 2, "dropout": 0.1},
        window=512,
    ),
    "xresnet1d": Encoder(
        "xresnet1d", {"depth": 18, "widths": [32, 48, 64, 64], "stem_widths": [16, 16, 32]}, window=512
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pretraining:
    """One pretraining.

    Attributes
    ----------
    encoder : str
        Key of ``ENCODERS``.
    settings : PretrainSettings
        Steps are those that fill ``MINUTES`` on this machine, unless they are set.
    window_s : float
    real : bool
        Whether it sees real ECGs, too; labels are those of simulated ones alone.
    """

    encoder: str
    settings: PretrainSettings
    window_s: float
    real: bool = True

    @property
    def view(self) -> ViewSpec:
        """Leads z-scored over the record, as the arrays are; what is too short for a window is filled up."""
        normalise = NormaliseSpec(method="zscore", extent="record")
        return ViewSpec(window_s=self.window_s, short="pad_zero", test_crops_s=(0.0,), normalise=normalise)


def _settings(encoder: str, objectives: Mapping[str, Mapping[str, Any]], **others: Any) -> PretrainSettings:
    of = ENCODERS[encoder]
    watch = WatchSettings(every_steps=1_000_000, log_every_steps=50)
    return PretrainSettings(
        objectives=objectives, architecture=of.architecture, settings=of.settings, watch=watch, **others
    )


_CPC = {"steps": 8, "window_negatives": 64}
_DISTURBED = Augmentation(
    time_scale=0.1, gain=0.0, lead_gain=0.15, noise=0.15, wander=0.3, lead_dropout=0.05, mixup=0.0
)
PRETRAININGS = {
    "masked_patches": Pretraining(
        "vit1d",
        _settings(
            "vit1d",
            {"masked_patches": {"ratio": 0.6, "decoder_width": 64, "decoder_depth": 2, "decoder_heads": 2}},
            max_learning_rate=1.5e-3,
        ),
        window_s=10.0,
    ),
    "cpc": Pretraining("conv_cpc", _settings("conv_cpc", {"cpc": _CPC}, max_learning_rate=2e-3), window_s=5.12),
    "supervised": Pretraining(
        "xresnet1d",
        _settings(
            "xresnet1d", {"supervised": {}}, labels=("*",), max_learning_rate=4e-3, weight_decay=0.02,
            augmentation=_DISTURBED,
        ),
        window_s=5.12,
        real=False,
    ),
    "cpc_supervised": Pretraining(
        "conv_cpc",
        _settings(
            "conv_cpc", {"supervised": {}, "cpc": {**_CPC, "weight": 0.05}}, labels=("*",), max_learning_rate=3e-3,
            augmentation=_DISTURBED,
        ),
        window_s=5.12,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arm:
    """What is fine-tuned; ``pretraining`` is empty for random weights."""

    encoder: str
    pretraining: str = ""
    name: str = field(default="")


ARMS = {
    "masked_patches": Arm("vit1d", "masked_patches", "masked patches, vit1d"),
    "cpc": Arm("conv_cpc", "cpc", "contrastive prediction, conv_cpc"),
    "supervised": Arm("xresnet1d", "supervised", "simulated labels, xresnet1d"),
    "cpc_supervised": Arm("conv_cpc", "cpc_supervised", "both, conv_cpc"),
    "scratch_vit1d": Arm("vit1d", name="vit1d from scratch"),
    "scratch_conv_cpc": Arm("conv_cpc", name="conv_cpc from scratch"),
    "scratch_xresnet1d": Arm("xresnet1d", name="xresnet1d from scratch"),
}

RECIPES: dict[str, tuple[Recipe, ...]] = {
    "pretrained": (
        Recipe(steps=0, probe_strength=0.003),
        Recipe(steps=0, probe_strength=0.03),
        Recipe(steps=60, probe_strength=0.003, learning_rate=3e-4, layer_decay=0.7),
        Recipe(steps=100, probe_strength=0.003, learning_rate=1e-3, layer_decay=0.7),
        Recipe(steps=200, probe_strength=0.003, learning_rate=1e-3, layer_decay=0.8),
    ),
    "scratch": (
        Recipe(steps=0, probe_strength=0.03),
        Recipe(steps=150, probe_strength=0.003, learning_rate=3e-3),
        Recipe(steps=150, learning_rate=3e-3),
        Recipe(steps=150, learning_rate=3e-3, dropout=0.5, weight_decay=0.2),
        Recipe(steps=250, learning_rate=3e-3),
    ),
}
"""As many for either kind; those from scratch may learn longer, and may begin with a probe of random features, too."""
