"""The EchoNext minimodel: structural heart disease as an echocardiogram shows it, from an ECG and its measurements.

Hughes, Jing, Finer et al., "EchoNext-Mini", NEJM AI 2026; the larger model: Poterucha et al., Nature 2025,
doi:10.1038/s41586-025-09227-0; github.com/PierreElias/IntroECG, folder "7-EchoNext Minimodel" (no licence).

The authors read the rhythm strip of GE MUSE: 10 s at 250 Hz, of 500 Hz every other sample, in the machine's units of
4.88 uV; III, aVR, aVL and aVF are computed from I and II. The baseline (running medians over 0.2 s, then 0.6 s) is
subtracted, and each lead is clipped and standardised with fixed numbers, here in mV. Preset ``physionet`` is for
the waveforms of the data set EchoNext on PhysioNet, with which all that has been done.
"""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.models.head_settings import HeadSettings
from einthoven.models.public.public_model import PublicModel, Seen, WeightSource

__all__ = ["ECHONEXT_MINI"]

MV_PER_UNIT = 0.00488  # of GE MUSE: AmplitudeUnitsPerBit 4.88 in microvolts

# waveform_normalization_params.json beside the weights, in the machine's units, leads I II III aVR aVL aVF V1 to V6
LOWER = (-140.0, -206.0, -324.0, -247.0, -153.0, -249.0, -369.0, -522.0, -554.0, -411.0, -290.0, -209.0)
UPPER = (287.0, 297.0, 236.0, 118.5, 270.0, 245.5, 219.0, 297.0, 366.0, 450.0, 451.0, 396.0)
MEAN = (
    *(5.438902932045533, 4.386144027595723, -0.8828521117626768, -4.901228423594343, 3.179303315626078),
    *(1.718962497412901, -4.3853678923766815, -1.4991789389444636, -0.2390101635046568, 3.622168549154881),
    *(5.396823627457744, 5.660982479475681),
)
STD = (
    *(32.4283237955487, 31.37262367036232, 30.155474930762434, 28.126380180199195, 27.097711990189254),
    *(26.148743373957526, 37.739210938823206, 52.792504469040814, 56.75138860280555, 49.90223860158139),
    *(45.001427330308026, 39.06606103398455),
)


def _mv(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(value * MV_PER_UNIT for value in values)


def _preset(ingest: IngestSpec, normalise: NormaliseSpec) -> InputSpec:
    return InputSpec(ingest, ViewSpec(window_s=10.0, test_crops_s=(0.0,), normalise=normalise))


PRESETS = {
    "muse": _preset(
        IngestSpec(rate_hz=250.0, filter=FilterSpec(kind="none", median_s=(0.2, 0.6)), resampler="linear"),
        NormaliseSpec(
            method="zscore",
            scope="dataset",
            mean=_mv(MEAN),
            std=_mv(STD),
            eps=0.0,
            lower=_mv(LOWER),
            upper=_mv(UPPER),
        ),
    ),
    "physionet": _preset(
        IngestSpec(unit="arbitrary", rate_hz=250.0, filter=FilterSpec(kind="none")),
        NormaliseSpec(method="zscore", scope="dataset", mean=(0.0,), std=(1.0,), eps=0.0),
    ),
}

LEFT_OUT = (
    "Made for adults: the authors leave out ECGs below 18 years, of poor quality or with ventricular pacing. Their "
    "program finds neither paced ECGs (it looks for ten statements in a row) nor anything in an ECG with one statement."
)

_NORM = r"(weight|bias|running_mean|running_var|num_batches_tracked)"
_BLOCK = r"layer(\d)\.(\d+)"
_OURS = r"encoder.blocks.stage\1.\2"

ECHONEXT_MINI = PublicModel(
    name="echonext_mini",
    title="11 findings of an echocardiogram and whether there is any, from an ECG, its measurements, age and sex",
    reference="Hughes et al., NEJM AI 2026; of the larger model: Nature 2025, doi:10.1038/s41586-025-09227-0",
    architecture="merl_resnet",
    settings={
        "widths": (16, 32, 64, 128),
        "depths": (3, 4, 6, 3),
        "kernel_size": 7,
        "stem_kernel_size": 15,
        "stem_maximum": True,
        "pooling": "mean_max",
    },
    presets=PRESETS,
    container=("model",),
    key_map=(
        (r"conv1\.weight", r"encoder.blocks.stem.0.0.weight"),
        (rf"bn1\.{_NORM}", r"encoder.blocks.stem.0.1.\1"),
        (rf"{_BLOCK}\.conv1\.weight", rf"{_OURS}.branch.0.0.weight"),
        (rf"{_BLOCK}\.bn1\.{_NORM}", rf"{_OURS}.branch.0.1.\3"),
        (rf"{_BLOCK}\.conv2\.weight", rf"{_OURS}.branch.2.0.weight"),
        (rf"{_BLOCK}\.bn2\.{_NORM}", rf"{_OURS}.branch.2.1.\3"),
        (rf"{_BLOCK}\.downsample\.0\.weight", rf"{_OURS}.shortcut.0.weight"),
        (rf"{_BLOCK}\.downsample\.1\.{_NORM}", rf"{_OURS}.shortcut.1.\3"),
        (r"output\.(weight|bias)", r"head.linear.\1"),
    ),
    labels=(
        "lvef_lte_45",
        "lvwt_gte_13",
        "aortic_stenosis",
        "aortic_regurgitation",
        "mitral_regurgitation",
        "tricuspid_regurgitation",
        "pulmonary_regurgitation",
        "rv_systolic_dysfunction",
        "pericardial_effusion",
        "pasp_gte_45",
        "tr_max_gte_32",
        "shd",
    ),
    head=HeadSettings(
        dropout=0.0,
        n_covariates=7,
        covariates=("sex", "age_years", "heart_rate_bpm", "atrial_rate_bpm", "pr_ms", "qrs_ms", "qtc_ms"),
    ),
    # means and scales are those of tabular_transformer.joblib beside the weights, to 7 digits
    covariates=(
        "sex: 1 male, 0 female, not standardised; may not be missing",
        "age in years: (value - 61.26968) / 16.00883",
        "ventricular rate per minute: (value - 83.379) / 20.38872; missing: -0.1166822",
        "atrial rate per minute: (value - 89.22718) / 44.43536; missing: as 0",
        "PR interval in ms: (value - 142.8808) / 57.74099; missing: as 0",
        "QRS duration in ms: (value - 94.80926) / 21.87202; missing: -0.2198817",
        "corrected QT interval in ms: (value - 452.8797) / 40.09147; missing: -0.09677038",
    ),
    n_parameters=1_046_080,
    counted="weights and biases",
    code_licence="unknown",
    weight_licence="unknown",
    commercial_use=None,
    pretrained_on=(Seen("echonext", split="training; the standardisation was fitted on 72,475 ECGs"),),
    sources=(
        WeightSource(
            "https://github.com/PierreElias/IntroECG/tree/master/7-EchoNext%20Minimodel/models/"
            "echonext_multilabel_minimodel",
            "weights.pt",
        ),
    ),
    warnings=(
        "The 7 numbers beside the ECG are those of GE's measurement program; those of another are not the same.",
        LEFT_OUT,
        "The repository of code and weights names no licence.",
    ),
)
