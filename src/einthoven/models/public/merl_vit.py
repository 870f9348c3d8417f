"""MERL's ViT-tiny: an encoder of 192 features that learned which statements of a machine belong to an ECG.

Liu et al., "Zero-shot ECG classification with multimodal learning and test-time clinical knowledge enhancement", ICML
2024, arXiv:2403.06659; github.com/cheliu-computation/MERL-ICML2024 (MIT; nothing is said of the weights). The file of
the encoder (``xxx_encoder.pth``) and the one with the network of texts (``xxx_ckpt.pth``) are both taken; of the latter
the encoder alone is kept.

The input is that of their ResNet (``merl_resnet``).
"""

from __future__ import annotations

from einthoven.models.public.merl_resnet import ADDRESS, CHOSEN_BY, INPUT, OF_PRETRAINING
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource

__all__ = ["MERL_VIT_TINY"]

SETTINGS = {
    "tokens": "time",
    "patch_samples": 50,
    "max_samples": 5000,
    "width": 192,
    "depth": 12,
    "heads": 3,
    "head_width": 64,
    "mlp_width": 768,
    "patch_bias": False,
    "positions": "learned",
}

PREFIX = r"(?:ecg_encoder\.)?"
BLOCK, OURS = PREFIX + r"block(\d+)\.", r"encoder.blocks.\1."
KEY_MAP = (
    (PREFIX + r"pos_embedding", r"encoder.patches.positions"),
    (PREFIX + r"to_patch_embedding\.weight", r"encoder.patches.patch.weight"),
    (BLOCK + r"attn\.norm\.(weight|bias)", OURS + r"attention_norm.\2"),
    (BLOCK + r"attn\.fn\.to_qkv\.(weight|bias)", OURS + r"attention.qkv.\2"),
    (BLOCK + r"attn\.fn\.to_out\.0\.(weight|bias)", OURS + r"attention.out.\2"),
    (BLOCK + r"ff\.norm\.(weight|bias)", OURS + r"mlp_norm.\2"),
    (BLOCK + r"ff\.fn\.net\.0\.(weight|bias)", OURS + r"mlp.0.\2"),
    (BLOCK + r"ff\.fn\.net\.3\.(weight|bias)", OURS + r"mlp.2.\2"),
    (PREFIX + r"norm\.(weight|bias)", r"encoder.norm.\1"),
)

IGNORED = (
    Ignored(r"proj_e\..*", "the projection of ECGs to the space of texts"),
    *OF_PRETRAINING,
)

LEAD_ORDER = (
    "aVF stands before aVL, as in MIMIC-IV-ECG; here leads go by their names, in other code the two must be swapped."
)
AMPLITUDE = (
    "Smallest and largest amplitude, all leads together, become 0 and 1: one artefact in one lead changes all leads, "
    "and how high the waves were is lost."
)
FEWER_LEADS = (
    "Leads are mixed in the first layer, and fewer than twelve were never trained on "
    "(github.com/cheliu-computation/MERL-ICML2024/issues/7)."
)

MERL_VIT_TINY = PublicModel(
    name="merl_vit_tiny",
    title="MERL's ViT-tiny, pretrained on ECGs and their statements: an encoder of 192 features of twelve leads",
    reference="Liu et al. 2024, ICML, arXiv:2403.06659",
    architecture="vit1d",
    settings=SETTINGS,
    presets={"mimic": INPUT},
    key_map=KEY_MAP,
    ignored=IGNORED,
    n_parameters=5_473_152,
    counted="the encoder with its 19,200 learned positions",
    pretrained_on=(
        Seen("mimic_iv_ecg", "1.0", "98 % of the 771,693 ECGs with a report of 4 words or more, drawn ECG by ECG"),
    ),
    code_licence="MIT",
    weight_licence="unknown (the repository is MIT and says nothing of the weights)",
    commercial_use=None,
    sources=(WeightSource(ADDRESS, "vit_tiny_best_encoder.pth"), WeightSource(ADDRESS, "vit_tiny_best_ckpt.pth")),
    warnings=(LEAD_ORDER, AMPLITUDE, FEWER_LEADS, CHOSEN_BY),
)
