"""CODE-age: a patient's age in years as the ECG shows it; what exceeds the true age goes with mortality.

Lima, Ribeiro, Paixao et al., Nature Communications 2021, doi:10.1038/s41467-021-25351-7;
github.com/antonior92/ecg-age-prediction (MIT). The input is that of ``code``, in whose file its presets are described;
that the network expects CODE-15 % as stored (preset ``as_stored``) is known here: users who fed it so got the authors'
predictions of the published table again (the first issue of that repository).

What the weights have seen: the CODE study without the 15 % of patients who make CODE-15 %, on which the paper tests.
"""

from __future__ import annotations

from einthoven.models.head_settings import HeadSettings
from einthoven.models.public.code import AMPLITUDE, PRESETS
from einthoven.models.public.public_model import PublicModel, Seen, WeightSource

__all__ = ["CODE_AGE"]

_NORM = r"(weight|bias|running_mean|running_var|num_batches_tracked)"

CODE_AGE = PublicModel(
    name="code_age",
    title="age in years from the ECG, of the CODE study",
    reference="Lima et al., Nat Commun 2021, doi:10.1038/s41467-021-25351-7",
    architecture="code_resnet",
    settings={
        "stem_activation": False,
        "widths": (64, 128, 196, 256, 320),
        "strides": (1, 4, 4, 4, 4),
        "kernel_size": 17,
        "longer_side": "before",
        "norm_eps": 1e-5,
        "feature_order": "channel",
        "dropout": 0.8,  # what train.py drops by default; in 2020 the same number was what is kept
    },
    presets=PRESETS,
    container=("model",),
    key_map=(
        (r"conv1\.weight", r"encoder.stem.0.weight"),
        (rf"bn1\.{_NORM}", r"encoder.stem.1.\1"),
        (r"resblock1d_(\d+)\.conv1\.weight", r"encoder.units.\1.branch.0.weight"),
        (rf"resblock1d_(\d+)\.bn1\.{_NORM}", r"encoder.units.\1.branch.1.\2"),
        (r"resblock1d_(\d+)\.conv2\.weight", r"encoder.units.\1.branch.4.weight"),
        (rf"resblock1d_(\d+)\.bn2\.{_NORM}", r"encoder.units.\1.norm.\2"),
        (r"resblock1d_(\d+)\.skip_connection\.1\.weight", r"encoder.units.\1.shortcut.1.weight"),
        (r"lin\.(weight|bias)", r"head.linear.\1"),
    ),
    labels=("age",),
    head=HeadSettings(dropout=0.0, task="regression"),
    n_parameters=6_924_705,
    counted="weights and biases, computed from resnet.py and the settings that train.py has by default",
    code_licence="MIT",
    weight_licence="unknown",
    commercial_use=None,
    pretrained_on=(Seen("CODE study", split="the 85 % of 1,558,415 patients who aren't in CODE-15 %"),),
    sources=(WeightSource("https://doi.org/10.5281/zenodo.4892365", "model/model.pth in model.zip"),),
    warnings=(
        AMPLITUDE,
        "CODE-15 % is the authors' test set, which wasn't seen in training; its nn_predicted_age is from this network.",
        "The sizes are those of train.py; if config.json in the zip has others, the file is refused for its shapes.",
    ),
)
