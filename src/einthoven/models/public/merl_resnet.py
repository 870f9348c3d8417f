"""MERL: a ResNet-18 that learned ECGs from the machine's reports about them (contrast of signal and text).

Liu, Wan, Ouyang, Shah, Bai, Arcucci, ICML 2024, arXiv:2403.06659; github.com/cheliu-computation/MERL-ICML2024 (MIT).
The encoder alone is kept, of the file that holds it (``res18_best_encoder.pth``) and of the one with the network of
texts (``res18_best_ckpt.pth``); the features are the mean over time, as in the authors' linear probe. Their zero-shot
classification needs the network of texts and both projections, which are left out.

The input is 10 s at 500 Hz, unfiltered, of which smallest and largest amplitude, all leads together, become 0 and 1.
The leads stand as in MIMIC-IV-ECG, aVF before aVL: the authors change these two in every other data set. In pretraining
the extremes were the whole record's and the values were cut to steps of 1/1000; in the probes those of the first 10 s.
A record of CPSC 2018 was cut to 5 s and followed by zeros before its extremes were taken; ours pads behind them.
"""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource

__all__ = ["ADDRESS", "CHOSEN_BY", "INPUT", "MERL_RESNET18", "OF_PRETRAINING"]

MIMIC_LEADS = ("I", "II", "III", "aVR", "aVF", "aVL", "V1", "V2", "V3", "V4", "V5", "V6")

INPUT = InputSpec(
    ingest=IngestSpec(leads=MIMIC_LEADS, unit="arbitrary", rate_hz=500.0, filter=FilterSpec(kind="none")),
    view=ViewSpec(
        window_s=10.0,
        test_crops_s=(0.0,),
        short="pad_zero",
        normalise=NormaliseSpec(method="minmax", scope="record", eps=1e-8),
    ),
)

ADDRESS = "https://drive.google.com/drive/folders/13wb4DppUciMn-Y_qC2JRWTbZdz3xX0w2"

CHOSEN_BY = (
    "By the authors' code the best epoch is the one with the best zero-shot classification of the validation parts of "
    "PTB-XL, CPSC 2018 and Chapman-Shaoxing-Ningbo: these labels chose the weights, though none trained them."
)

OF_PRETRAINING = (
    Ignored(r"(lm_model|proj_t)\..*", "the network of texts"),
    Ignored(r"linear[12]\.weight", "a projection of the comparison of an ECG with itself, for pretraining alone"),
)

_PREFIX = r"(?:ecg_encoder\.)?"
_NORM = r"(weight|bias|running_mean|running_var|num_batches_tracked)"
_BLOCK = _PREFIX + r"layer(\d)\.(\d+)"
_OURS = r"encoder.blocks.stage\1.\2"

MERL_RESNET18 = PublicModel(
    name="merl_resnet18",
    title="features of 12 leads, learned from 771,693 ECGs and their reports",
    reference="Liu et al., ICML 2024, arXiv:2403.06659",
    architecture="merl_resnet",
    settings={},
    presets={"mimic": INPUT},
    key_map=(
        (_PREFIX + r"conv1\.weight", r"encoder.blocks.stem.0.0.weight"),
        (rf"{_PREFIX}bn1\.{_NORM}", r"encoder.blocks.stem.0.1.\1"),
        (rf"{_BLOCK}\.conv1\.weight", rf"{_OURS}.branch.0.0.weight"),
        (rf"{_BLOCK}\.bn1\.{_NORM}", rf"{_OURS}.branch.0.1.\3"),
        (rf"{_BLOCK}\.conv2\.weight", rf"{_OURS}.branch.2.0.weight"),
        (rf"{_BLOCK}\.bn2\.{_NORM}", rf"{_OURS}.branch.2.1.\3"),
        (rf"{_BLOCK}\.shortcut\.0\.weight", rf"{_OURS}.shortcut.0.weight"),
        (rf"{_BLOCK}\.shortcut\.1\.{_NORM}", rf"{_OURS}.shortcut.1.\3"),
    ),
    ignored=(
        Ignored(
            _PREFIX + r"linear\.(weight|bias)",
            "a classifier of 10 labels that the contrast never reached: its weights are those it was made with",
        ),
        Ignored(r"(downconv|att_pool_head)\..*", "the projection of ECGs to the space of texts"),
        *OF_PRETRAINING,
    ),
    n_parameters=3_848_832,
    counted="weights and biases; the unused linear layer has 5,130 more",
    code_licence="MIT",
    weight_licence="unknown",
    commercial_use=None,
    pretrained_on=(
        Seen("mimic_iv_ecg", "1.0", "98 % of the 771,693 ECGs with a report of 4 words or more, drawn ECG by ECG"),
    ),
    sources=(WeightSource(ADDRESS, "res18_best_encoder.pth"), WeightSource(ADDRESS, "res18_best_ckpt.pth")),
    warnings=(
        "aVF stands before aVL, as in MIMIC-IV-ECG; fed in the usual order the network mistakes one for the other.",
        CHOSEN_BY,
        "Single leads were never trained on (github.com/cheliu-computation/MERL-ICML2024/issues/7).",
    ),
)
