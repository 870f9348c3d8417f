"""CODE: six abnormalities, learned from 2.3 million ECGs of primary care in Brazil.

Ribeiro et al., Nature Communications 2020, doi:10.1038/s41467-020-15432-4; the network is that of
github.com/antonior92/automatic-ecg-diagnosis (MIT), the ECGs were prepared by github.com/antonior92/ecg-preprocessing.

What the weights have seen: the CODE study's 2,322,513 ECGs of 1,676,384 patients, 98 % to train and 2 % to tune.
CODE-15 % holds the ECGs of 15 % of these patients: an evaluation on it says little. The authors' test set is CODE-test.

The network reads the 12 leads at 400 Hz, unfiltered, in a window of 4,096 samples; an ECG of 7 or 10 s lies in its
middle (with 648 zeros on either side of 2,800 samples, says the description of CODE-test). Of a longer one the authors
take the middle, einthoven the beginning. They resample as ``polyphase`` does, but take the signal for zero beyond its
ends, where ours goes on in a straight line: a difference of the first and last hundredths of a second.

What they contradict themselves about is the amplitude:

============== ========================================================================================================
preset         what the network is fed
============== ========================================================================================================
``doubled``    twice the millivolts: the README of the authors' ecg-preprocessing, which prepared the ECGs for both
               networks of the CODE study, says that those of CODE-15 % "were scaled by 2". They are indeed twice as
               large as those of other data sets (ecg-age-prediction issues 1 and 5, einthoven's source ``code15``).
``millivolts`` millivolts: the README says that a signal "in V [...] should be multiplied by 1000".
``as_stored``  values of no stated unit, as they come: for CODE-15 % and CODE-test as published.
============== ========================================================================================================

The file is Keras' HDF5; ``torch_layout`` turns it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.ecg.record import Unit
from einthoven.models.public.public_model import PublicModel, Seen, WeightSource

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["AMPLITUDE", "CODE", "PRESETS", "torch_layout"]

RATE_HZ = 400.0
WINDOW_SAMPLES = 4096


def _preset(unit: Unit, *, divide_by: float) -> InputSpec:
    scaled = NormaliseSpec(method="zscore", scope="dataset", mean=(0.0,), std=(divide_by,), eps=0.0)
    return InputSpec(
        ingest=IngestSpec(unit=unit, rate_hz=RATE_HZ, filter=FilterSpec(kind="none"), resampler="polyphase"),
        view=ViewSpec(window_s=WINDOW_SAMPLES / RATE_HZ, test_crops_s=(0.0,), short="pad_centre", normalise=scaled),
    )


PRESETS = {
    "doubled": _preset("mV", divide_by=0.5),
    "millivolts": _preset("mV", divide_by=1.0),
    "as_stored": _preset("arbitrary", divide_by=1.0),
}

AMPLITUDE = (
    "The authors contradict themselves about the amplitude: their preprocessing doubles the millivolts (preset "
    "doubled), their README speaks of millivolts (preset millivolts); CODE-15 % as published is doubled already "
    "(preset as_stored). Compare the presets on your own ECGs (github.com/antonior92/ecg-preprocessing, "
    "github.com/antonior92/automatic-ecg-diagnosis/issues/10)."
)
THRESHOLDS = (
    "The paper's thresholds, in the order of the labels, are 0.124, 0.07, 0.05, 0.278, 0.390 and 0.174, chosen for the "
    "largest F1 on 2 % of CODE; 0.5 is higher than all."
)
ORDER_OF_LEADS = (
    "Until August 2020 the README named the augmented leads in the order aVL aVF aVR, and the description of CODE-test "
    "still does; aVR aVL aVF is meant."
)
NEVER_SEEN = (
    "einthoven's authors have not had the file: its names are those that Keras 2.1.6 gives to the layers of model.py, "
    "from whatever number it begins to count."
)
LAYERS = {"conv1d": 13, "batch_normalization": 9, "dense": 1}  # how many of each the network has
_NORM = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
    "num_batches_tracked": "num_batches_tracked",
}


def _key_map() -> tuple[tuple[str, str], ...]:
    """Return ours for each of Keras' names, whose numbers say in which order model.py makes the layers.

    In a unit it is the shortcut before the two convolutions.
    """
    ours = {"conv1d_1": "encoder.stem.0", "batch_normalization_1": "encoder.stem.1", "dense_1": "head.linear"}
    for unit in range(4):
        convolutions = ("shortcut.1", "branch.0", "branch.4")
        ours |= {f"conv1d_{3 * unit + 2 + at}": f"encoder.units.{unit}.{one}" for at, one in enumerate(convolutions)}
        norms = ("branch.1", "norm")
        ours |= {
            f"batch_normalization_{2 * unit + 2 + at}": f"encoder.units.{unit}.{one}" for at, one in enumerate(norms)
        }
    pairs = []
    for layer, place in ours.items():
        names = _NORM if layer.startswith("batch_normalization") else {"kernel": "weight", "bias": "bias"}
        pairs += [(f"{layer}/{layer}/{keras}:0", f"{place}.{name}") for keras, name in names.items()]
    return tuple(pairs)


CODE = PublicModel(
    name="code",
    title="6 abnormalities of the CODE study: blocks, atrial fibrillation, sinus bradycardia and tachycardia",
    reference="Ribeiro et al., Nat Commun 2020, doi:10.1038/s41467-020-15432-4",
    architecture="code_resnet",
    settings={},
    presets=PRESETS,
    key_map=_key_map(),
    n_parameters=6_421_910,
    counted="weights and biases, computed from model.py; the authors print no number",
    labels=("1dAVb", "RBBB", "LBBB", "SB", "AF", "ST"),
    code_licence="MIT",
    weight_licence="unknown",
    commercial_use=None,
    pretrained_on=(
        Seen("CODE study", split="2,322,513 ECGs of 1,676,384 patients, 2010 to 2016"),
        Seen("code15", "1.0.0", "all: it is 15 % of the patients of CODE"),
    ),
    sources=(WeightSource("https://doi.org/10.5281/zenodo.3625017", "model.hdf5 in model.zip"),),
    warnings=(
        AMPLITUDE,
        THRESHOLDS,
        ORDER_OF_LEADS,
        NEVER_SEEN,
    ),
    converter="einthoven.models.public.code:torch_layout",
    file_kind="keras",
)


def torch_layout(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return Keras' tensors as torch has them, by the names that a fresh session of Keras would have given.

    A kernel (sample, in, out) becomes (out, in, sample), a dense one (in, out) becomes (out, in). Keras counts layers
    per session, from 1 or, in TensorFlow 2, from none: numbers are shifted when there are as many layers of a kind, one
    behind the other, as the network has; otherwise names stay, to be complained of. Keras doesn't count batches in
    normalisations, torch does, without need: the count is 0.

    Parameters
    ----------
    tensors : mapping of str to Tensor
        By their path in the file: ``conv1d_2/conv1d_2/kernel:0``.
    """
    shifts = {kind: _shift(tensors, kind, count) for kind, count in LAYERS.items()}
    turned: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        place, _, last = name.rpartition("/")
        kind, number = _kind_and_number(place)
        if kind in LAYERS:
            layer = f"{kind}_{number + shifts[kind]}"
            place = f"{layer}/{layer}"
        turned[f"{place}/{last}"] = tensor.permute(*reversed(range(tensor.ndim))) if last == "kernel:0" else tensor
        if kind == "batch_normalization" and last == "gamma:0":
            turned[f"{place}/num_batches_tracked:0"] = tensor.new_zeros(()).long()
    return turned


def _shift(tensors: Mapping[str, Tensor], kind: str, count: int) -> int:
    """Return what makes the layers of a kind count from 1, or 0 where they aren't ``count`` in a row."""
    found = {number for name in tensors for one, number in [_kind_and_number(name.rpartition("/")[0])] if one == kind}
    return 1 - min(found) if found and found == set(range(min(found), min(found) + count)) else 0


def _kind_and_number(layer: str) -> tuple[str, int]:
    """Return ``conv1d`` and 2 of ``conv1d_2/conv1d_2``; 0 where there is no number, no kind of anything else."""
    matched = re.fullmatch(r"((.+?)(?:_(\d+))?)/\1", layer)
    return (matched[2], int(matched[3] or 0)) if matched else ("", 0)
