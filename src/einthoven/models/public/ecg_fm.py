"""ECG-FM: wav2vec 2.0 on 5 s of twelve leads, pretrained without labels; and fine-tuned to 17 labels of MIMIC-IV-ECG.

McKeen, Masood, Toma, Rubin, Wang, JAMIA Open 2025, arXiv:2408.05178; github.com/bowang-lab/ECG-FM and
github.com/Jwoo5/fairseq-signals (both MIT).

What the weights have seen, by the authors' instructions for preparing the data: MIMIC-IV-ECG 1.0, split 80:10:10 by
patient, and six of the eight parts of PhysioNet 2021 (1.0.3; without PTB and INCART), split 80:10:10 by record, since
nobody's ECGs are marked as theirs there: persons with several ECGs in PTB-XL may be on both sides. Records with a
missing value or a constant lead were left out. Which ECG is where is listed in the authors' folder ``splits``. The
first preprint's weights, which saw ECGs of the University Health Network, were not published.

Input: linear interpolation to 500 Hz, no filter, mean 0 and standard deviation 1 of each lead over the whole record,
then pieces of 5 s without overlap; a rest of less than 5 s is left out, a record of less than 5 s is refused. A lead
that is constant becomes 0. At other rates than 500 Hz the authors' interpolation lays last sample on last, which
stretches time by less than a sample; ours keeps time. Scaling leaves nothing of the unit, so records without one are
taken. Probabilities of the pieces are averaged, and the maximum counts of five labels that may show in one piece alone
(the authors' notebook).
"""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource

__all__ = ["ECG_FM_FINETUNED", "ECG_FM_PRETRAINED"]

RATE_HZ = 500.0
WINDOW_S = 5.0
MOST_WINDOWS = 720  # an hour; what comes later in a record is left out

# rows of data/mimic_iv_ecg/labels/label_def.csv, which is the order of the outputs
LABELS = (
    "Poor data quality",
    "Sinus rhythm",
    "Premature ventricular contraction",
    "Tachycardia",
    "Ventricular tachycardia",
    "Supraventricular tachycardia with aberrancy",
    "Atrial fibrillation",
    "Atrial flutter",
    "Bradycardia",
    "Accessory pathway conduction",
    "Atrioventricular block",
    "1st degree atrioventricular block",
    "Bifascicular block",
    "Right bundle branch block",
    "Left bundle branch block",
    "Infarction",
    "Electronic pacemaker",
)
MAX_LABELS = (
    "Poor data quality",
    "Premature ventricular contraction",
    "Ventricular tachycardia",
    "Supraventricular tachycardia with aberrancy",
    "Electronic pacemaker",
)

LAYER_NAMES = {
    "self_attn.q_proj": "attention.query",
    "self_attn.k_proj": "attention.key",
    "self_attn.v_proj": "attention.value",
    "self_attn.out_proj": "attention.output",
    "self_attn_layer_norm": "attention_norm",
    "fc1": "widen",
    "fc2": "narrow",
    "final_layer_norm": "output_norm",
}

IGNORED = (
    Ignored("mask_emb", "stands for masked tokens in pretraining"),
    Ignored(r"quantizer\.(vars|weight_proj\.(weight|bias))", "makes the targets of pretraining"),
    Ignored(r"(project_q|final_proj)\.(weight|bias)", "compares tokens with their targets in pretraining"),
)

WARNINGS = (
    (
        "The network takes 5 s: an ECG of 10 s is cut into two pieces and their probabilities are joined, so a label "
        "of the whole ECG is learned from pieces that may not show it (github.com/bowang-lab/ECG-FM/issues/8)."
    ),
    (
        "Each lead is scaled by its mean and deviation over the whole record before it is cut; the same ECG scaled "
        "piece by piece is another input."
    ),
    (
        "In the authors' framework a checkpoint may fail to load, or load as random weights without a word "
        "(github.com/bowang-lab/ECG-FM/issues/2, github.com/Jwoo5/fairseq-signals/issues/34); here every tensor is "
        "accounted for. Their older physionet_finetuned.pt has other labels and isn't among these models."
    ),
    (
        "To fine-tune on your own ECGs none of the authors' manifests and segment files are needed: signals and labels "
        "are enough here (github.com/bowang-lab/ECG-FM/issues/6)."
    ),
)
FINETUNED_WARNING = (
    "The labels are rules about the machine's statements in MIMIC-IV-ECG, not a cardiologist's; no thresholds are "
    "published, and positives were weighted in training, so probabilities of rare labels lie above their frequency."
)


def _key_map(prefix: str) -> tuple[tuple[str, str], ...]:
    """Return what weights are called here whose keys begin with ``prefix`` (a pattern) there."""
    layer = rf"{prefix}encoder\.layers\.(\d+)\."
    return (
        (
            rf"{prefix}feature_extractor\.conv_layers\.(\d+)\.0\.weight",
            r"encoder.convolutions.layers.\1.convolution.weight",
        ),
        (
            rf"{prefix}feature_extractor\.conv_layers\.0\.2\.(weight|bias)",
            r"encoder.convolutions.layers.0.norm.\1",
        ),
        (rf"{prefix}layer_norm\.(weight|bias)", r"encoder.projection.0.\1"),
        (rf"{prefix}post_extract_proj\.(weight|bias)", r"encoder.projection.1.\1"),
        (
            rf"{prefix}conv_pos\.pos_conv\.0\.(bias|weight_g|weight_v|parametrizations\.weight\.original[01])",
            r"encoder.position.convolution.\1",
        ),
        (rf"{prefix}encoder\.layer_norm\.(weight|bias)", r"encoder.norm.\1"),
        *(
            (layer + theirs.replace(".", r"\.") + r"\.(weight|bias)", rf"encoder.layers.\1.{ours}.\2")
            for theirs, ours in LAYER_NAMES.items()
        ),
    )


def _input(max_labels: tuple[str, ...]) -> InputSpec:
    return InputSpec(
        ingest=IngestSpec(unit="arbitrary", rate_hz=RATE_HZ, filter=FilterSpec(kind="none"), resampler="linear"),
        view=ViewSpec(
            window_s=WINDOW_S,
            test_crops_s=(0.0,),
            long=LongSpec(windows=MOST_WINDOWS, stride_s=WINDOW_S, max_labels=max_labels),
            normalise=NormaliseSpec(method="zscore", scope="lead", eps=0.0, extent="record"),
        ),
    )


PHYSIONET = "training: 80 % of the records, drawn at random, as part of PhysioNet 2021 1.0.3"
MIMIC = Seen("mimic_iv_ecg", "1.0", "training: 80 % of the patients")
PRETRAINED_ON = (
    MIMIC,
    Seen("cinc2021", "1.0.3", "training: 80 % of the records, drawn at random, without PTB and INCART"),
    Seen("ptb_xl", split=PHYSIONET),
    Seen("cpsc2018", split=PHYSIONET),
    Seen("georgia", split=PHYSIONET),
    Seen("chapman_ningbo", split=PHYSIONET),
)

ADDRESS = "https://huggingface.co/wanglab/ecg-fm"
REFERENCE = "McKeen et al. 2025, JAMIA Open, arXiv:2408.05178"

ECG_FM_PRETRAINED = PublicModel(
    name="ecg_fm_pretrained",
    title="ECG-FM, pretrained on 5 s of twelve leads without labels: an encoder of 768 features",
    reference=REFERENCE,
    architecture="wav2vec2_ecg",
    settings={},
    presets={"authors": _input(())},
    container=("model",),
    key_map=_key_map(""),
    ignored=IGNORED,
    n_parameters=90_883_072,
    counted="all tensors of the file; 509,824 of them belong to pretraining alone",
    pretrained_on=PRETRAINED_ON,
    code_licence="MIT",
    weight_licence="MIT",
    commercial_use=True,
    sources=(
        WeightSource(
            ADDRESS,
            "mimic_iv_ecg_physionet_pretrained.pt",
            "4d0142bcb485eb9f0c7845e0c19ff3463f6ae9d0e458eab69136efe90ceb9b7e",
        ),
    ),
    warnings=WARNINGS,
)

ECG_FM_FINETUNED = PublicModel(
    name="ecg_fm_finetuned",
    title="ECG-FM, fine-tuned to 17 labels of MIMIC-IV-ECG",
    reference=REFERENCE,
    architecture="wav2vec2_ecg",
    settings={},
    presets={"authors": _input(MAX_LABELS)},
    container=("model",),
    key_map=(*_key_map(r"encoder\."), (r"proj\.(weight|bias)", r"head.linear.\1")),
    labels=LABELS,
    n_parameters=90_386_321,
    pretrained_on=(
        *PRETRAINED_ON,
        Seen("mimic_iv_ecg", "1.0", "training: 80 % of the patients, with labels from the machine's statements"),
    ),
    code_licence="MIT",
    weight_licence="MIT",
    commercial_use=True,
    sources=(WeightSource(ADDRESS, "mimic_iv_ecg_finetuned.pt"),),
    warnings=(*WARNINGS, FINETUNED_WARNING),
)
