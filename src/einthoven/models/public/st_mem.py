"""ST-MEM: an encoder of 768 features that learned from masked patches of twelve leads; two files, one encoder.

Na, Park, Tae, Joo (VUNO), "Guiding masked representation learning to capture spatio-temporal relationship of
electrocardiogram", ICLR 2024, arXiv:2402.09450; github.com/vuno/ST-MEM. Code and weights are CC BY-NC 4.0, and the
README reserves all other rights. What is here was written without their code, from the paper and from names and shapes
of the weights.

Their input: 250 Hz by FFT; high-pass 0.67 Hz and low-pass 40 Hz, Butterworth of order 5, forwards and backwards; 9 s,
in training anywhere in the ECG, in tests the mean of three windows of a 10 s ECG; mean 0 and sd 1 over all twelve leads
of a window together. Ours differs near the ends
of a record, which it extends by 5 s for the filters (some hundredths of an sd).

``st_mem`` is the file of the encoder, ``st_mem_full`` the one that holds the decoder of pretraining too, in which the
encoder's names begin with ``encoder.`` and its patch embedding has a second name.
"""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource

__all__ = ["ST_MEM", "ST_MEM_FULL"]

SETTINGS = {
    "tokens": "lead_time",
    "patch_samples": 75,
    "max_samples": 2250,
    "width": 768,
    "depth": 12,
    "heads": 12,
    "head_width": 64,
    "mlp_width": 3072,
    "patch_norm": True,
    "positions": "sine",
    "lead_rows": tuple(range(12)),
}

SPEC = InputSpec(
    ingest=IngestSpec(
        leads=STANDARD_LEADS,
        unit="arbitrary",
        rate_hz=250.0,
        filter=FilterSpec(kind="butterworth_pair", low_hz=0.67, high_hz=40.0, order=5),
        resampler="fft",
        filter_at="stored",
    ),
    view=ViewSpec(
        window_s=9.0,
        crop="random",
        test_crops_s=(0.0, 0.5, 1.0),
        normalise=NormaliseSpec(method="zscore", scope="record"),
    ),
)

HEAD = Ignored(r"(encoder\.)?head\.(weight|bias)", "an output layer whose labels and training data aren't stated")
OF_PRETRAINING = (
    Ignored(r"to_patch_embedding\..*", "the encoder's patch embedding under a second name"),
    Ignored(r"(?!encoder\.|to_patch_embedding\.).*", "the decoder and what else belongs to pretraining alone"),
)
KEY_OF_LEAD = r"(encoder\.)?lead_embeddings\.{row}"


def _key_map(prefix: str) -> tuple[tuple[str, str], ...]:
    block, ours = prefix + r"block(\d+)\.", r"encoder.blocks.\1."
    return (
        (prefix + r"pos_embedding", r"encoder.patches.positions"),
        (prefix + r"sep_embedding", r"encoder.patches.separator"),
        (prefix + r"lead_embeddings\.(\d+)", r"encoder.patches.leads.\1"),
        (prefix + r"to_patch_embedding\.1\.(weight|bias)", r"encoder.patches.patch.0.\1"),
        (prefix + r"to_patch_embedding\.2\.(weight|bias)", r"encoder.patches.patch.1.\1"),
        (prefix + r"to_patch_embedding\.3\.(weight|bias)", r"encoder.patches.patch.2.\1"),
        (block + r"attn\.norm\.(weight|bias)", ours + r"attention_norm.\2"),
        (block + r"attn\.fn\.to_qkv\.(weight|bias)", ours + r"attention.qkv.\2"),
        (block + r"attn\.fn\.to_out\.0\.(weight|bias)", ours + r"attention.out.\2"),
        (block + r"ff\.norm\.(weight|bias)", ours + r"mlp_norm.\2"),
        (block + r"ff\.fn\.net\.0\.(weight|bias)", ours + r"mlp.0.\2"),
        (block + r"ff\.fn\.net\.3\.(weight|bias)", ours + r"mlp.2.\2"),
        (prefix + r"norm\.(weight|bias)", r"encoder.norm.\1"),
    )


LICENCE = "CC BY-NC 4.0, all other rights reserved by VUNO Inc."

NOT_COMMERCIAL = (
    "The weights are CC BY-NC 4.0 and VUNO Inc. reserves all other rights: not for commercial use, and not to be "
    "passed on, changed or used beyond what the authors allow."
)
FEWER_LEADS = (
    "Amplitudes are scaled over all leads of a window together, so a lead looks otherwise to the network when fewer "
    "leads stand beside it."
)
LONGER = "ECGs are 10 s long in the authors' tests; of a longer one only the first 10 s are seen."


def _model(name: str, *, title: str, prefix: str, ignored: tuple[Ignored, ...], source: WeightSource) -> PublicModel:
    return PublicModel(
        name=name,
        title=title,
        reference="Na et al. 2024, ICLR, arXiv:2402.09450",
        architecture="vit1d",
        settings=SETTINGS,
        presets={"authors": SPEC},
        container=("model",),
        key_map=_key_map(prefix),
        ignored=ignored,
        n_parameters=85_150_614,
        counted="the encoder with its 24,576 positions, which are sines and not trained",
        pretrained_on=(
            Seen("chapman_ningbo", split="10 s ECGs; version and number aren't known here"),
            Seen("cinc2021", split="its Chapman-Shaoxing and Ningbo parts, which are the same ECGs"),
            Seen("code15", split="10 s ECGs; number isn't known here"),
        ),
        code_licence=LICENCE,
        weight_licence=LICENCE,
        commercial_use=False,
        sources=(source,),
        warnings=(NOT_COMMERCIAL, FEWER_LEADS, LONGER),
        key_of_lead=KEY_OF_LEAD,
    )


ST_MEM = _model(
    "st_mem",
    title="ST-MEM, pretrained without labels: an encoder of 768 features of twelve leads or some of them",
    prefix="",
    ignored=(HEAD,),
    source=WeightSource(
        "https://drive.google.com/file/d/1E7J-A1HqWa2f08T6Sfk5uWk-_CFJhOYQ/view", "st_mem_vit_base_encoder.pth"
    ),
)

ST_MEM_FULL = _model(
    "st_mem_full",
    title="ST-MEM from the file with the decoder of pretraining: the same encoder",
    prefix=r"encoder\.",
    ignored=(*OF_PRETRAINING, HEAD),
    source=WeightSource(
        "https://drive.google.com/file/d/14nScwPk35sFi8wc-cuLJLqudVwynKS0n/view", "st_mem_vit_base_full.pth"
    ),
)
