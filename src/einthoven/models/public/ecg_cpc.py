"""ECG-CPC: a causal S4 network that learned on 10.7 million ECGs to tell what comes next from what does not.

Al-Masud, Lopez Alcaraz, Strodthoff, "Benchmarking ECG foundation models: a reality check across clinical tasks", ICLR
2026, arXiv:2509.25095; github.com/AI4HealthUOL/ecg-fm-benchmarking (no licence stated). Names, shapes and preparation
below are those of its code; that the published file holds just these 77 tensors others have reported.

How an ECG is prepared: leads in the standard order, mV, 240 Hz, neither filter nor normalisation, windows of 2.5 s one
behind the other whose scores are averaged; the training windows had 10 s. The authors resample with resampy (a windowed
sinc), window by window in the benchmark; here it is polyphase, over the whole record.

=============== ==================================================================
preset          what is done
=============== ==================================================================
``benchmark``   nothing else: how PTB-XL and most others were prepared there
``pretraining`` amplitudes are cut off at 3 mV, as in training, and in MIMIC-IV-ECG
=============== ==================================================================

What the weights have seen: 34 parts of the Harvard-Emory ECG Database (hospitals S0001 to S0004, 1987 to 2022), all
folds but each part's last, by which training was watched; ECGs of less than 240 Hz were left out.
The file says 230,000 steps of 64 windows, in its second epoch.

The published 3.8 million parameters are those below and a head of attention with 71 labels (3,756,032 together).
"""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, ViewSpec
from einthoven.models.public.public_model import Ignored, PublicModel, Seen, WeightSource

__all__ = ["ECG_CPC"]

RATE_HZ = 240.0
WINDOW_S = 2.5
CLIP_MV = 3.0
MOST_WINDOWS = 1440  # an hour; what comes later in a record is left out


def _input(clip_mv: float | None) -> InputSpec:
    return InputSpec(
        ingest=IngestSpec(rate_hz=RATE_HZ, filter=FilterSpec(kind="none"), resampler="polyphase"),
        view=ViewSpec(
            window_s=WINDOW_S,
            test_crops_s=(0.0,),
            short="pad_zero",
            long=LongSpec(windows=MOST_WINDOWS, stride_s=WINDOW_S, aggregate="mean"),
            clip_mv=clip_mv,
        ),
    )


SETTINGS = {
    "widths": (512, 512, 512, 512),
    "kernel_sizes": (3, 1, 1, 1),
    "strides": (2, 1, 1, 1),
    "state_size": 8,
    "n_layers": 4,
    "dropout": 0.2,
}

LAYER = r"ts_encoder\.predictor\.predictor\.s4_layers\.(\d+)"
STATISTICS = "running_mean|running_var|num_batches_tracked"
STATE_SPACE = {
    "C": "output_weight",
    "B": "input_weight",
    "P": "column",
    "Q": "row",
    "w": "diagonal",
    "log_dt": "log_step",
}

KEY_MAP = (
    (rf"ts_encoder\.encoder\.layers\.(\d+)\.([01])\.(weight|bias|{STATISTICS})", r"encoder.stem.\1.\2.\3"),
    (rf"{LAYER}\.D", r"encoder.blocks.\1.state_space.skip"),
    *(
        (rf"{LAYER}\.kernel\.kernel\.{theirs}", rf"encoder.blocks.\1.state_space.{ours}")
        for theirs, ours in STATE_SPACE.items()
    ),
    (rf"{LAYER}\.output_linear\.0\.(weight|bias)", r"encoder.blocks.\1.mix.\2"),
    (r"ts_encoder\.predictor\.predictor\.norms\.(\d+)\.(weight|bias)", r"encoder.blocks.\1.norm.\2"),
)

IGNORED = (
    Ignored(
        rf"{LAYER}\.kernel\.kernel\.(omega|z)",
        "Fourier nodes of a response that repeats every 1,200 tokens; ours is endless and computed in time",
    ),
    Ignored(r"ts_encoder\.head_ssl\.proj\.0\.weight", "predicts the convolutions' output 14 tokens ahead, to pretrain"),
)

PICKLED = (
    "The published file pickles classes of the authors' training code beside its tensors, so it isn't read as it is: "
    "where you trust it, and with that code at hand, run "
    'torch.save({"state_dict": torch.load(FILE, weights_only=False)["state_dict"]}, NEW_FILE).'
)
LENGTH = (
    "Features depend on the length of the window, as each token knows all that lies before it: the authors evaluate on "
    "2.5 s and average, after training on 10 s."
)
RANDOM_LAYER = (
    "In the authors' S4Model an input width must not be given (d_input=None): otherwise a random layer stands before "
    "the S4 layers and nothing complains."
)

ECG_CPC = PublicModel(
    name="ecg_cpc",
    title="ECG-CPC: a causal S4 encoder of 12-lead ECGs, by contrastive predictive coding",
    reference="Al-Masud et al. 2026, ICLR, arXiv:2509.25095",
    architecture="conv_cpc",
    settings=SETTINGS,
    presets={"benchmark": _input(None), "pretraining": _input(CLIP_MV)},
    container=("state_dict",),
    key_map=KEY_MAP,
    ignored=IGNORED,
    n_parameters=3_000_320,
    counted="2,932,736 that are trained, and 67,584 of the state spaces that stay as they were drawn",
    pretrained_on=(Seen("Harvard-Emory ECG Database", split="34 parts of S0001 to S0004, about 10.7 million ECGs"),),
    code_licence="unknown",
    weight_licence="unknown (others quote CC BY 4.0 from the page of the weights)",
    commercial_use=None,
    sources=(
        WeightSource(
            "https://figshare.com/articles/dataset/ECG-CPC_Checkpoint_zip/30192604",
            "last_11597276.ckpt",
            "bc253edc6ac279ce2caec86d3c3a21b740e43735ca03be1dc7c50e630b0ad4cf",
        ),
    ),
    warnings=(PICKLED, LENGTH, RANDOM_LAYER),
    converter="einthoven.models.public.ecg_cpc_weights:torch_layout",
)
