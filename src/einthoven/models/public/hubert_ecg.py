"""HuBERT-ECG: HuBERT on 5 s of twelve leads in one stream, pretrained without labels; small and base.

Coppola et al. 2024, doi:10.1101/2024.11.14.24317328; github.com/Edoar-do/HuBERT-ECG (CC BY-NC 4.0, as the weights are).

What the weights have seen: 9.1 million ECGs. The authors' repository describes twelve data sets (``figures/metadata``)
that hold 9,141,072 ECGs together, so these are taken to be what they name; 8,200,069 of them are CODE, the archive of
the Telehealth Network of Minas Gerais. Which of them were held out for testing isn't said: evaluate elsewhere.

Input, as ``ecg_preprocessing`` and ``ECGDataset`` have it: FIR band-pass 0.05 to 47 Hz of 0.3 s at the record's own
rate, forwards and backwards; Fourier resampling to 500 Hz; each lead mapped to -1 to 1 by its smallest and largest
amplitude of the whole record; then 5 s, the first of the record in tests and any in training. Joining leads and
decimation to 100 Hz are the encoder's. At 500 Hz the input is theirs but for the store's rounding; at other rates their
resampling wraps a record around and rings at both ends, where ours continues it. A record of less than 5 s is refused
(theirs is padded and masked). The mapping leaves nothing of the unit, so records without one are taken.
"""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource

__all__ = ["HUBERT_ECG_BASE", "HUBERT_ECG_SMALL"]

RATE_HZ = 500.0
WINDOW_S = 5.0

INPUT = InputSpec(
    ingest=IngestSpec(
        unit="arbitrary",
        rate_hz=RATE_HZ,
        filter=FilterSpec(kind="fir", low_hz=0.05, high_hz=47.0, length_s=0.3),
        resampler="fft",
    ),
    view=ViewSpec(
        window_s=WINDOW_S,
        test_crops_s=(0.0,),
        normalise=NormaliseSpec(method="minmax", scope="lead", low=-1.0, high=1.0, extent="record"),
    ),
)

LAYER_NAMES = {
    "attention.q_proj": "attention.query",
    "attention.k_proj": "attention.key",
    "attention.v_proj": "attention.value",
    "attention.out_proj": "attention.output",
    "layer_norm": "attention_norm",
    "feed_forward.intermediate_dense": "widen",
    "feed_forward.output_dense": "narrow",
    "final_layer_norm": "output_norm",
}

# in files of fine-tuned models the encoder's keys begin with this
PREFIX = r"(?:hubert_ecg\.)?"
POSITION = PREFIX + r"encoder\.pos_conv_embed\.conv\."

KEY_MAP = (
    (
        PREFIX + r"feature_extractor\.conv_layers\.(\d+)\.conv\.weight",
        r"encoder.convolutions.layers.\1.convolution.weight",
    ),
    (
        PREFIX + r"feature_extractor\.conv_layers\.0\.layer_norm\.(weight|bias)",
        r"encoder.convolutions.layers.0.norm.\1",
    ),
    (PREFIX + r"feature_projection\.layer_norm\.(weight|bias)", r"encoder.projection.0.\1"),
    (PREFIX + r"feature_projection\.projection\.(weight|bias)", r"encoder.projection.1.\1"),
    (
        POSITION + r"(bias|weight_g|weight_v|parametrizations\.weight\.original[01])",
        r"encoder.position.convolution.\1",
    ),
    (PREFIX + r"encoder\.layer_norm\.(weight|bias)", r"encoder.norm.\1"),
    *(
        (
            PREFIX + r"encoder\.layers\.(\d+)\." + theirs.replace(".", r"\.") + r"\.(weight|bias)",
            rf"encoder.layers.\1.{ours}.\2",
        )
        for theirs, ours in LAYER_NAMES.items()
    ),
)

IGNORED = (
    Ignored(PREFIX + "masked_spec_embed", "stands for masked tokens in pretraining"),
    Ignored(r"final_proj\.\d+\.(weight|bias)", "compares tokens with their targets in pretraining"),
    Ignored(r"label_embedding\.\d+\.weight", "holds the targets of pretraining"),
    Ignored(
        r"classifier\.(\d+\.)?(weight|bias)|label_embedding\.weight",
        "the classifier of a fine-tuned model: its file doesn't say what the outputs mean, nor on which data the "
        "encoder, which is loaded alone, was trained further",
    ),
)

WARNINGS = (
    (
        "What is needed is model.safetensors of the model's page: the .pt files hold a pickled settings object of the "
        "authors' code, which could run anything, and are refused."
    ),
    (
        "The encoder takes leads beside each other at 500 Hz, (batch, 12, 2500), in the order I II III aVR aVL aVF V1 "
        "to V6, and makes the stream of 6,000 samples at 100 Hz itself; don't join or resample leads before "
        "(github.com/Edoar-do/HuBERT-ECG/issues/1, /15)."
    ),
    (
        "Mapping each lead to -1 to 1 is part of the input, though nothing in the authors' training code calls it: "
        "they did it beforehand, over the whole record (github.com/Edoar-do/HuBERT-ECG/issues/9)."
    ),
    (
        "Files name the two tensors of the normalised convolution in one of two ways, depending on the versions that "
        "wrote them; both are read (github.com/Edoar-do/HuBERT-ECG/issues/3)."
    ),
    (
        "These are encoders without labels. In the authors' fine-tuned files, which output is which disease stands in "
        "a separate list (github.com/Edoar-do/HuBERT-ECG/issues/2)."
    ),
    (
        "Pretrained (SSL) and fine-tuned (SFT, CardioLearning) weights have similar names and the paper's figures on "
        "PTB-XL come from neither as it is, but from fine-tuning on PTB-XL (github.com/Edoar-do/HuBERT-ECG/issues/13)."
    ),
)

# records as the authors' figures/metadata count them
PRETRAINED_ON = tuple(
    Seen(data_set, split=f"{records} ECGs; whether any were held out is unknown")
    for data_set, records in (
        ("code15", "CODE, of which this is a part: 8,200,069"),
        ("mimic_iv_ecg", "800,036"),
        ("chapman_ningbo", "50,504"),
        ("sph", "25,770"),
        ("ptb_xl", "21,837"),
        ("Hefei (Tianchi Challenge 2019)", "20,036"),
        ("georgia", "10,344"),
        ("cpsc2018", "6,877"),
        ("cinc2021", "CPSC-Extra of PhysioNet 2021, 3,453"),
        ("SaMi-Trop (Chagas disease)", "1,631"),
        ("ptb", "515"),
    )
)


def _model(size: str, settings: dict[str, int], *, n_parameters: int, sha256: str = "") -> PublicModel:
    return PublicModel(
        name=f"hubert_ecg_{size}",
        title=f"HuBERT-ECG {size}, pretrained on 5 s of twelve leads without labels: "
        f"an encoder of {settings['width']} features",
        reference="Coppola et al. 2024, doi:10.1101/2024.11.14.24317328",
        architecture="hubert_ecg",
        settings=settings,
        presets={"authors": INPUT},
        key_map=KEY_MAP,
        ignored=IGNORED,
        n_parameters=n_parameters,
        counted="all tensors of the file, those included that belong to pretraining alone",
        pretrained_on=PRETRAINED_ON,
        code_licence="CC BY-NC 4.0",
        weight_licence="CC BY-NC 4.0",
        commercial_use=False,
        sources=(WeightSource(f"https://huggingface.co/Edoardo-BS/hubert-ecg-{size}", "model.safetensors", sha256),),
        warnings=WARNINGS,
        file_kind="safetensors",
    )


HUBERT_ECG_SMALL = _model(
    "small", {"width": 512, "depth": 8, "n_heads": 8, "hidden_width": 2048}, n_parameters=30_468_992
)
HUBERT_ECG_BASE = _model(
    "base",
    {"width": 768, "depth": 12, "n_heads": 12, "hidden_width": 3072},
    n_parameters=93_123_712,
    sha256="05bc1b1317f8e3063811a03fb840f5bf8a85968191e209c0cfbaa0c52c8aa1ae",
)
