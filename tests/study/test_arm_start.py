"""What an arm starts from decides its architecture and its input; what disagrees is refused before anything is read."""

from __future__ import annotations

import pytest

from einthoven.ecg.input_spec import IngestSpec, InputSpec, NormaliseSpec, ViewSpec
from einthoven.errors import SpecificationError
from einthoven.models.architectures import build
from einthoven.models.checkpoint import Checkpoint
from einthoven.models.public.catalogue import public_model
from einthoven.study.arm_start import published_preset, start_folder
from einthoven.study.settings import load_study

SMALL = {"widths": [8, 8, 8, 8], "stem_widths": [8]}
LEADS = ("I", "II")
STUDY = """
version = 1
[data.main]
source = "ptb_xl"
path = "data"
[cohort]
labels = ["NORM", "MI"]
[input.ingest]
leads = ["I", "II"]
[input.view]
window_s = 5
[pretrain.first]
architecture = "xresnet1d"
settings = { widths = [8, 8, 8, 8], stem_widths = [8] }
objectives = { supervised = {} }
labels = ["NORM"]
[arm.main]
from = "first"
"""


def load(folder, text: str):
    """Load a study from text."""
    (folder / "study.toml").write_text(text)
    return load_study(folder / "study.toml")


def save(folder, *, window_s: float = 9.0, **normalise) -> None:
    """Write the checkpoint of an encoder."""
    spec = InputSpec(IngestSpec(leads=LEADS), ViewSpec(window_s=window_s, normalise=NormaliseSpec(**normalise)))
    network = build("xresnet1d", n_leads=2, n_labels=0, **SMALL)
    Checkpoint("xresnet1d", SMALL, spec, (), network.state_dict(), ("elsewhere",)).save(folder)


def test_architecture_and_settings_are_those_of_the_pretraining(tmp_path):
    """Leads, too, where it has its own; the file's word is from, for which Python has no name."""
    arm = load(tmp_path, STUDY).arm["main"]
    assert (arm.start, arm.architecture, arm.settings) == ("first", "xresnet1d", SMALL)
    assert start_folder(arm.start) is None
    of_lead_i = STUDY.replace("[arm.main]", 'leads = ["I"]\n[arm.main]')
    assert load(tmp_path, of_lead_i).arm["main"].leads == ("I",)


def test_a_checkpoint_s_folder_counts_from_the_study_file(tmp_path):
    """Another window is no other input: the encoder says which it takes."""
    save(tmp_path / "weights", window_s=2.5)
    arm = load(tmp_path, STUDY.replace('from = "first"', 'from = "weights"')).arm["main"]
    assert start_folder(arm.start) == tmp_path / "weights"
    assert arm.architecture == "xresnet1d"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('from = "frist"', (r"arm\.main\.from is a pretraining of the study, a published model, or a folder with "
         r"checkpoint\.json; 'frist' is none of them; did you mean 'first'")),
        ("from = 3", r"arm\.main\.from is a name or a folder, got 3"),
        ('start = "first"', r"arm\.main has no key 'start'; did you mean 'from'"),
        ('form = "first"', r"arm\.main has no key 'form'; did you mean 'from'"),
        ('from = "first"\narchitecture = "vit1d"', r"arm\.main\.architecture is that of what it starts from \(first\)"),
        ('from = "first"\nsettings = { widths = [4] }', r"arm\.main\.settings is that of what it starts from"),
        ('from = "first"\nleads = ["I"]', r"was pretrained with other leads: got \['I'\], needs \['I', 'II'\]"),
        ('from = "first"\nweights = "w.pt"', r"arm\.main\.weights is the file of a published model"),
        ('weights = "w.pt"', r"arm\.main\.weights is the file of a published model: name that in arm\.main\.from"),
        ('from = "ecg_cpc"', r"'ecg_cpc' is a published model: say where its file lies in arm\.main\.weights"),
        ('from = "ecg_cpc"\nweights = "w.pt"', r"arm\.main\.weights: there is no file .*w\.pt"),
        ('from = "first"\nn_labels = -1', r"n_labels and n_validation_labels start at 0, which is all, got -1 and 0"),
    ],
)  # fmt: skip
def test_a_start_that_can_t_be_is_answered_with_what_can(tmp_path, wrong, message):
    """Each message names the key."""
    with pytest.raises(SpecificationError, match=message):
        load(tmp_path, STUDY.replace('from = "first"', wrong))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('leads = ["I", "II"]', 'leads = ["I", "II"]\nrate_hz = 500', r"other input\.ingest\.rate_hz: got 500"),
        ("window_s = 5", 'window_s = 5\nnormalise = { method = "minmax" }', r"with other input\.view\.normalise"),
        ("window_s = 5", "window_s = 5\nclip_mv = 3.0", r"with other input\.view\.clip_mv: got 3\.0"),
        ("window_s = 5", 'window_s = 5\nleads = ["II"]', r"with other leads: got \['II'\], needs \['I', 'II'\]"),
        ("window_s = 5", "window_s = 0.01", r"arm\.main: xresnet1d"),
    ],
)  # fmt: skip
def test_an_encoder_isn_t_fed_otherwise_than_it_was_pretrained(tmp_path, right, wrong, message):
    """Preparation, normalisation, leads, and a window that the architecture takes."""
    save(tmp_path / "weights")
    text = STUDY.partition("[pretrain.first]")[0] + '[arm.main]\nfrom = "weights"\n'
    load(tmp_path, text)
    with pytest.raises(SpecificationError, match=message):
        load(tmp_path, text.replace(right, wrong))


def test_a_damaged_description_is_named(tmp_path):
    """Before anything is read."""
    save(tmp_path / "weights")
    (tmp_path / "weights" / "checkpoint.json").write_text("{")
    with pytest.raises(SpecificationError, match=r"checkpoint\.json is damaged"):
        load(tmp_path, STUDY.replace('from = "first"', 'from = "weights"'))


def test_a_published_model_wants_one_of_its_own_inputs():
    """The preset is recognised by what is stored and how it is scaled."""
    presets = public_model("ecg_cpc").presets
    for spec in presets.values():
        assert presets[published_preset("ecg_cpc", spec, place="arm.main")].ingest == spec.ingest
    with pytest.raises(SpecificationError, match=r"arm\.main starts from ecg_cpc, whose input is prepared otherwise"):
        published_preset("ecg_cpc", InputSpec(), place="arm.main")
