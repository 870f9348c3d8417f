"""ECG-JEPA: an encoder of 768 features that learned to predict features of hidden stretches; two files of one layout.

Kim, "Learning general representation of 12-lead electrocardiogram with a joint-embedding predictive architecture",
arXiv:2410.08559; github.com/sehunfromdaegu/ECG_JEPA (MIT; nothing is said of the weights). The two files differ in what
was hidden in pretraining: four blocks of 17.5 to 22.5 % of the time each, or 60 to 70 % of the patches at random.

Their input: leads I, II, V1 to V6 in millivolts, neither filtered nor scaled, 10 s at 250 Hz by FFT. Before fine-tuning
they filter as ST-MEM does (high-pass 0.67 Hz, low-pass 40 Hz, order 5, at 250 Hz), so there are two presets.
"""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, ViewSpec
from einthoven.models.public.public_model import PublicModel, Seen, WeightSource

__all__ = ["ECG_JEPA_MULTIBLOCK", "ECG_JEPA_RANDOM"]

LEADS = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")

SETTINGS = {
    "patch_samples": 50,
    "max_samples": 2500,
    "width": 768,
    "depth": 12,
    "heads": 16,
    "mlp_width": 3072,
    "qkv_bias": False,
    "position_leads": 8,
    "lead_rows": tuple(range(8)),
}


BAND = FilterSpec(kind="butterworth_pair", low_hz=0.67, high_hz=40.0, order=5)
UNFILTERED = IngestSpec(leads=LEADS, rate_hz=250.0, filter=FilterSpec(kind="none"), resampler="fft")
FILTERED = IngestSpec(leads=LEADS, rate_hz=250.0, filter=BAND, resampler="fft", filter_at="stored")
TEN_SECONDS = ViewSpec(window_s=10.0, crop=(0.0,), test_crops_s=(0.0,))

PRESETS = {"pretraining": InputSpec(UNFILTERED, TEN_SECONDS), "fine_tuning": InputSpec(FILTERED, TEN_SECONDS)}

BLOCK, OURS = r"encoder_blocks\.blocks\.(\d+)\.", r"encoder.blocks.\1."
KEY_MAP = (
    (r"pos_embed", r"encoder.positions"),
    (r"W_P\.(weight|bias)", r"encoder.patch.\1"),
    (BLOCK + r"norm1\.(weight|bias)", OURS + r"attention_norm.\2"),
    (BLOCK + r"norm2\.(weight|bias)", OURS + r"mlp_norm.\2"),
    (BLOCK + r"attn\.qkv\.weight", OURS + r"attention.qkv.weight"),
    (BLOCK + r"attn\.proj\.(weight|bias)", OURS + r"attention.out.\2"),
    (BLOCK + r"mlp\.fc1\.(weight|bias)", OURS + r"mlp.0.\2"),
    (BLOCK + r"mlp\.fc2\.(weight|bias)", OURS + r"mlp.2.\2"),
    (r"norm\.(weight|bias)", r"encoder.norm.\1"),
)

AMPLITUDE = (
    "Amplitudes are neither filtered nor scaled, so millivolts matter; yet CODE-15, most of what the network learned "
    "from, states no unit, was taken as it is, and is about twice as large as other ECGs in millivolts."
)
STRETCHED = (
    "CODE-15's 4096 samples at 400 Hz were made 2500, zero padding included unless the first 10 samples were zero: to "
    "the network these ECGs run 2.4 % fast, and some hold flat stretches."
)
FILTERING = (
    "The authors fine-tune on filtered ECGs (preset fine_tuning), but pretrain and use the frozen network on "
    "unfiltered ones (preset pretraining)."
)
NAMESAKE = "Another ECG-JEPA, of Weimann and Conrad (arXiv:2410.13867), has other weights, which don't fit."


def _model(name: str, *, masking: str, source: WeightSource) -> PublicModel:
    return PublicModel(
        name=name,
        title=f"ECG-JEPA, pretrained without labels ({masking} masking): an encoder of 768 features of eight leads",
        reference="Kim 2024, arXiv:2410.08559",
        architecture="jepa_vit",
        settings=SETTINGS,
        presets=PRESETS,
        container=("encoder",),
        key_map=KEY_MAP,
        n_parameters=85_374_720,
        counted="all tensors of the file; 307,200 of them are positions, which are sines and not trained",
        pretrained_on=(
            Seen("chapman_ningbo", "1.0.0", "all of 10 s without missing values"),
            Seen("cinc2021", split="its Chapman-Shaoxing and Ningbo parts, which are the same ECGs"),
            Seen("code15", split="all whose first 10 samples aren't all zero"),
        ),
        code_licence="MIT",
        weight_licence="unknown (the repository is MIT and says nothing of the weights)",
        commercial_use=None,
        sources=(source,),
        warnings=(AMPLITUDE, STRETCHED, FILTERING, NAMESAKE),
    )


ECG_JEPA_MULTIBLOCK = _model(
    "ecg_jepa_multiblock",
    masking="multi-block",
    source=WeightSource(
        "https://drive.google.com/file/d/1gMOT4xjQQg0GZkY1iE6NuDzua4ALw00l/view",
        "multiblock_epoch100.pth",
        "61334869f905a7d6de32bc573c60024eaf6efba7c35c0e45fc2ea7d52b6ff66e",
    ),
)

ECG_JEPA_RANDOM = _model(
    "ecg_jepa_random",
    masking="random",
    source=WeightSource(
        "https://drive.google.com/file/d/1mh-XL0XOvvhFbhvuZ9c2KnTHa9B4F3Wx/view", "random_epoch100.pth"
    ),
)
