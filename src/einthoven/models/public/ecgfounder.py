"""ECGFounder: 150 statements about an ECG, learned from 7.5 million hospital ECGs; a model of 12 leads, one of lead I.

Li et al., NEJM AI 2025, doi:10.1056/AIoa2401033, arXiv:2410.04133; github.com/PKUDigitalHealth/ECGFounder (MIT).

What the weights have seen: the development part of the Harvard-Emory ECG Database, 7,519,035 ECGs of 1,319,128 patients
(834,926 of 146,570 others were held out), in a version that isn't stated; its 1,818,247 patients are those of
Massachusetts General Hospital there. The labels are phrases of the reports. CODE-test, PTB-XL and, for lead I, the
Challenge of 2017 were tested on and not trained on; copies, not these weights, were fine-tuned on MIMIC-IV-ECG. That
hospital is in Boston too: whether patients have been to both is unknown. The model of lead I was trained on lead I and,
in half of the ECGs, on one of aVL, -aVR, II, -III, aVF and -aVF.

The authors describe three ways of preparing an ECG. Common to them are 500 Hz by linear interpolation, leads I II III
aVR aVL aVF V1 to V6, and 10 s; here a longer record gives consecutive windows and the mean of their scores, and a
shorter one is followed by zeros.

============== ========================================================================================================
preset         what is done
============== ========================================================================================================
``dataset``    notch at 50 Hz (Q 30), band-pass 0.67 to 40 Hz (order 4), less a running median over 201 samples; mean 0
               and sd 1 over the whole record, all leads together. This is ``dataset.py`` since August 2025, which the
               README asks to follow "strictly". Ours differs near the ends of a record, which ``filtfilt`` extends by
               27 samples.
``evaluation`` mean 0 and sd 1 over the whole record, no filter: ``ptbxl_eval.py``, the authors' evaluation on PTB-XL,
               and ``dataset.py`` of March 2025, when the weights came out.
``manuscript`` high-pass 0.5 Hz, low-pass 50 Hz (order 2), notches at 50 and 60 Hz; mean 0 and sd 1 over each window:
               the methods of the paper, which give neither the order of the high-pass (2 here) nor whether one or both
               notches are meant, nor whether leads are scaled together (as in the other two).
============== ========================================================================================================

The files hold 30.8 million parameters; the 76.3 million that are quoted from the paper belong to another network.
"""

from __future__ import annotations

from einthoven.cohort.labels.label_sets import LABEL_SETS
from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource

__all__ = ["ECGFOUNDER_1LEAD", "ECGFOUNDER_12LEAD"]

RATE_HZ = 500.0
WINDOW_S = 10.0
MOST_WINDOWS = 360  # an hour; what comes later in a record is left out

DATASET = FilterSpec(kind="butterworth", low_hz=0.67, high_hz=40.0, order=4, notch_hz=50.0, median_s=(0.4,))
EVALUATION = FilterSpec(kind="none")
MANUSCRIPT = FilterSpec(
    kind="butterworth_pair", low_hz=0.5, high_hz=50.0, order=2, lowpass_order=2, notch_hz=(50.0, 60.0)
)
WHOLE_RECORD = NormaliseSpec(method="zscore", scope="record", eps=1e-8, extent="record")
EACH_WINDOW = NormaliseSpec(method="zscore", scope="record", eps=1e-8)

FILTERS = (64, 160, 160, 400, 400, 1024, 1024)
SETTINGS = {
    "base_filters": 64,
    "ratio": 1.0,
    "filter_list": FILTERS,
    "m_blocks_list": (2, 2, 2, 3, 3, 4, 4),
    "kernel_size": 16,
    "stride": 2,
    "groups_width": 16,
}


def _presets(leads: tuple[str, ...]) -> dict[str, InputSpec]:
    return {
        "dataset": _input(leads, DATASET, WHOLE_RECORD),
        "evaluation": _input(leads, EVALUATION, WHOLE_RECORD),
        "manuscript": _input(leads, MANUSCRIPT, EACH_WINDOW),
    }


def _input(leads: tuple[str, ...], filtering: FilterSpec, normalise: NormaliseSpec) -> InputSpec:
    return InputSpec(
        ingest=IngestSpec(leads=leads, unit="arbitrary", rate_hz=RATE_HZ, filter=filtering, resampler="linear"),
        view=ViewSpec(
            window_s=WINDOW_S,
            test_crops_s=(0.0,),
            short="pad_zero",
            long=LongSpec(windows=MOST_WINDOWS, stride_s=WINDOW_S, aggregate="mean"),
            normalise=normalise,
        ),
    )


def _stage_keys(stage: int) -> tuple[tuple[str, str], ...]:
    """Return what the weights of a stage are called there, where stages count from 0, and here."""
    theirs, ours = rf"stage_list\.{stage}\.block_list\.(\d+)", rf"encoder.blocks.stage{stage + 1}.\1.branch"
    return (
        (rf"{theirs}\.conv([123])\.conv\.(weight|bias)", rf"{ours}.conv\2.\3"),
        (rf"{theirs}\.se_fc1\.(weight|bias)", rf"{ours}.squeeze_excitation.gain.0.\2"),
        (rf"{theirs}\.se_fc2\.(weight|bias)", rf"{ours}.squeeze_excitation.gain.2.\2"),
    )


KEY_MAP = (
    (r"first_conv\.conv\.(weight|bias)", r"encoder.blocks.stem.0.\1"),
    *(pair for stage in range(len(FILTERS)) for pair in _stage_keys(stage)),
    (r"dense\.(weight|bias)", r"head.linear.\1"),
)

IGNORED = (
    Ignored(
        r"(first_bn|stage_list\.\d+\.block_list\.\d+\.bn[123])"
        r"\.(weight|bias|running_mean|running_var|num_batches_tracked)",
        "batch normalisation that is made but never used (use_bn=False)",
    ),
)

LABELS = tuple(label.words for label in LABEL_SETS["ecgfounder150"])

CONTRADICTION = (
    "The authors contradict themselves about filtering: the README asks to follow dataset.py (preset dataset), their "
    "evaluation on PTB-XL doesn't filter (preset evaluation), the paper filters otherwise (preset manuscript); compare "
    "the presets on your own ECGs (github.com/NickLJLee/ECGFounder/issues/3)."
)
COMPARISONS = (
    "22 of the 150 labels compare with an earlier ECG (NONSPECIFIC T WAVE ABNORMALITY NOW EVIDENT IN...), which the "
    "network doesn't see."
)
THRESHOLDS = (
    "The authors publish no thresholds (their evaluation chooses them on the ECGs that it tests on), and their loss, "
    "made for incomplete labels, isn't one that gives calibrated probabilities."
)
LEAD_ORDER = (
    "MIMIC-IV-ECG stores aVF before aVL and these weights want aVL before aVF; here leads go by their names, in other "
    "code the two must be swapped."
)
ONE_LEAD = (
    "The model of lead I has all 150 outputs, those too that lead I can't show, such as the site of an infarction."
)


def _model(
    name: str, *, title: str, leads: tuple[str, ...], n_parameters: int, source: WeightSource, warning: str
) -> PublicModel:
    return PublicModel(
        name=name,
        title=title,
        reference="Li et al. 2025, NEJM AI, doi:10.1056/AIoa2401033",
        architecture="net1d",
        settings=SETTINGS,
        presets=_presets(leads),
        container=("state_dict",),
        key_map=KEY_MAP,
        ignored=IGNORED,
        labels=LABELS,
        n_parameters=n_parameters,
        counted="66,368 gains and offsets of the batch normalisation that is never used count too",
        pretrained_on=(Seen("Harvard-Emory ECG Database", split="development: 7,519,035 ECGs of 1,319,128 patients"),),
        code_licence="MIT",
        weight_licence="unknown (others quote MIT from the page of the weights)",
        commercial_use=None,
        sources=(source,),
        warnings=(CONTRADICTION, COMPARISONS, THRESHOLDS, warning),
    )


ADDRESS = "https://huggingface.co/PKUDigitalHealth/ECGFounder"

ECGFOUNDER_12LEAD = _model(
    "ecgfounder_12lead",
    title="ECGFounder: 150 statements about a 12-lead ECG",
    leads=STANDARD_LEADS,
    n_parameters=30_819_014,
    source=WeightSource(
        ADDRESS, "12_lead_ECGFounder.pth", "ee199f3781f4ae1f732973267f003da0a759ea12bddb0dd28a77faa60aca7997"
    ),
    warning=LEAD_ORDER,
)

ECGFOUNDER_1LEAD = _model(
    "ecgfounder_1lead",
    title="ECGFounder: 150 statements about lead I",
    leads=("I",),
    n_parameters=30_807_750,
    source=WeightSource(
        ADDRESS, "1_lead_ECGFounder.pth", "f863a38897fb49a27fec7e44008ea3c7bdbd29c77fa4a02ecbb8c56df4f37603"
    ),
    warning=ONE_LEAD,
)
