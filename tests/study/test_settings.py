"""A study file is checked before anything runs; a wrong word is answered with the right one."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from einthoven.cohort.history import HistorySettings
from einthoven.cohort.outcomes import OutcomeSettings
from einthoven.cohort.pairing import PairingSettings
from einthoven.cohort.settings import CohortSettings, ComorbiditySettings
from einthoven.cohort.sources.arrays import Arrays
from einthoven.cohort.sources.ptb_xl import PtbXl
from einthoven.cohort.split import SplitSettings
from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec
from einthoven.errors import SpecificationError, UnknownNameError
from einthoven.evaluation.protocol import Protocol
from einthoven.models.public.catalogue import public_model, public_model_names
from einthoven.study.settings import ReportSettings, StoreSettings, load_study
from einthoven.training.arm import ArmSettings
from einthoven.training.augmentation_settings import Augmentation
from einthoven.training.loss_settings import LossSettings
from einthoven.training.pretrain_settings import PretrainSettings, VectorSettings, WatchSettings

ROOT = Path(__file__).resolve().parents[2]
STUDY = """
version = 1
[data.ptb_xl]
source = "ptb_xl"
path = "data"
[cohort]
labels = ["NORM", "MI"]
split.method = "official"
[input.view]
window_s = 5
[arm.main]
seeds = [1, 2]
"""


def load(tmp_path, text: str, **paths):
    """Load a study from text."""
    file = tmp_path / "study.toml"
    file.write_text(text)
    return load_study(file, **paths)


def test_defaults_fill_what_a_study_leaves_out(tmp_path):
    """The resolved study names every setting."""
    study = load(tmp_path, STUDY)
    assert study.arm["main"].seeds == (1, 2)
    assert study.cohort.labels == ("NORM", "MI")
    assert study.input.ingest.rate_hz == 250
    assert study.to_plain()["input"]["ingest"]["filter"]["low_hz"] == 0.67


def test_paths_count_from_the_study_file_and_can_be_overridden(tmp_path):
    """A study file can be sent to a colleague, whose data lie elsewhere."""
    assert load(tmp_path, STUDY).data["ptb_xl"].settings.path == str(tmp_path / "data")
    assert load(tmp_path, STUDY, data_paths={"ptb_xl": "/mnt"}).data["ptb_xl"].settings.path == "/mnt"
    with pytest.raises(SpecificationError, match=r"--data names 'ptbxl'.*did you mean 'ptb_xl'"):
        load(tmp_path, STUDY, data_paths={"ptbxl": "elsewhere"})


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("split.method", "splt.method", r"cohort has no key 'splt'; did you mean 'split'"),
        ("[cohort]", "[cohrt]", r"the top level has no key 'cohrt'; did you mean 'cohort'"),
        ("window_s", "windows_s", r"input\.view has no key 'windows_s'; did you mean 'window_s'"),
        ("seeds", "seds", r"arm\.main has no key 'seds'; did you mean 'seeds'"),
        ('path = "data"', 'path = "data"\nrate = 500', r"data\.ptb_xl has no key 'rate'; did you mean 'rate_hz'"),
        ('"official"', '"oficial"', r"cohort\.split\.method: .*'official', .*or 'given', got 'oficial'"),
        ('labels = ["NORM", "MI"]', "", r"the cohort has no outcome: name a label set .*cohort\.labels"),
        ("seeds = [1, 2]", 'seeds = ["x"]', r"arm\.main\.seeds\.0: .*got 'x'"),
        ('source = "ptb_xl"', "", r"data\.ptb_xl must say its source"),
        ('source = "ptb_xl"', 'source = "ptb_xl"\nrole = "extern"', r"role must be one of develop, external"),
        ("version = 1", "version = ", r"no valid TOML"),
        ("window_s = 5", "window_s = -5", r"window_s must be positive"),
        ("seeds = [1, 2]", 'architecture = "xresnet"', r"arm\.main: .*did you mean 'xresnet1d'"),
        ("seeds = [1, 2]", "settings = { deep = 18 }", r"arm\.main: .*'deep'.*did you mean 'depth'"),
        ("seeds = [1, 2]", "seeds = []", r"arm\.main\.seeds must be distinct whole numbers from 0, got \[\]"),
        ("seeds = [1, 2]", "seeds = [1, 1]", r"must be distinct"),
        ("seeds = [1, 2]", "seeds = [-1]", r"from 0"),
        ("[arm.main]", '[arm."../evil"]', r"names of data and arms are letters.*got '\.\./evil'"),
    ],
)
def test_wrong_word_is_answered_with_file_key_and_remedy(tmp_path, right, wrong, message):
    """Each message names the file, the place, and what is accepted."""
    with pytest.raises(SpecificationError, match=message) as caught:
        load(tmp_path, STUDY.replace(right, wrong))
    assert str(tmp_path / "study.toml") in str(caught.value)


def test_unknown_source_names_the_nearest(tmp_path):
    """Sources are a table."""
    with pytest.raises((SpecificationError, UnknownNameError), match="did you mean 'ptb_xl'"):
        load(tmp_path, STUDY.replace('source = "ptb_xl"', 'source = "ptbxl"'))


HOSPITAL = """
version = 1
[data.A]
source = "hospital"
path = "export"
ecgs = { file = "ecgs.csv", columns = { patient_id = { column = "PAT", unit = "text" } } }
[cohort]
outcomes = { weak = { rule = "lvef <= 40", uncertain = "unknown" } }
subgroups = { age = { old = "age_years > 70" } }
"""


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("column =", "colum =", r"data\.A\.ecgs\.columns\.patient_id has no key 'colum'; did you mean 'column'"),
        ("patient_id = {", 'measurement.qrs = "QRS", patient_id = {', r"ecgs\.columns\.measurement has no key 'qrs'"),
        ("uncertain =", "uncertian =", r"cohort\.outcomes\.weak has no key 'uncertian'; did you mean 'uncertain'"),
        ('"unknown"', '"maybe"', r"cohort\.outcomes\.weak\.uncertain: .*got 'maybe'"),
        ('{ rule = "lvef <= 40", uncertain = "unknown" }', "40", r"cohort\.outcomes\.weak: .*got 40"),
        ('{ old = "age_years > 70" }', "70", r"cohort\.subgroups\.age: .*got 70"),
        ('file = "ecgs.csv"', "file = 3", r"data\.A\.ecgs\.file: .*got 3"),
    ],
)  # fmt: skip
def test_wrong_words_inside_of_tables_are_named_where_the_file_has_them(tmp_path, right, wrong, message):
    """A value that may be of several types is named as the file names it."""
    with pytest.raises(SpecificationError, match=message):
        load(tmp_path, HOSPITAL.replace(right, wrong))


PUBLISHED = STUDY.replace("[input.view]\nwindow_s = 5", '[input]\npublic = "ecg_cpc"')


def test_the_input_of_a_published_model_is_named_by_the_model(tmp_path):
    """By default its first preset; the resolved study holds it in full."""
    model = public_model("ecg_cpc")
    study = load(tmp_path, PUBLISHED)
    assert study.input == model.spec
    assert InputSpec.from_dict(study.to_plain()["input"]) == model.spec
    other = load(tmp_path, PUBLISHED.replace('"ecg_cpc"', '"ecg_cpc"\npreset = "pretraining"'))
    assert other.input == model.presets["pretraining"] != model.spec


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('public = "ecg_cp"', r"study\.toml: input: public_models has no 'ecg_cp'; did you mean 'ecg_cpc'"),
        ('public = "ecg_cpc"\npreset = "bench"', r"input: ecg_cpc has no preset 'bench'; did you mean 'benchmark'"),
        ('public = "ecg_cpc"\nview.window_s = 5', r"input\.view has no place beside it"),
        ('preset = "benchmark"', r"input\.preset belongs to a published model"),
        ("public = 3", r"input\.public must be a name, got 3"),
        ('publc = "ecg_cpc"', r"input has no key 'publc'; did you mean 'public'"),
    ],
)
def test_an_input_that_is_no_published_one_is_refused(tmp_path, wrong, message):
    """Whatever stands beside the name would silently be another model's food."""
    with pytest.raises(SpecificationError, match=message):
        load(tmp_path, PUBLISHED.replace('public = "ecg_cpc"', wrong))


def test_a_study_with_a_published_input_is_read_without_torch(tmp_path):
    """A cohort of it can be made where torch isn't installed."""
    for name in public_model_names():
        (tmp_path / f"{name}.toml").write_text(PUBLISHED.replace("ecg_cpc", name))
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['torch', 'lightning', 'safetensors.torch']))\n"
        "import importlib.util; importlib.util.find_spec = lambda name: None\n"
        "from pathlib import Path; from einthoven.study.settings import load_study\n"
        f"print(sum(load_study(file).input.window_samples > 0 for file in Path({str(tmp_path)!r}).glob('*.toml')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(public_model_names())), done.stderr


def test_missing_study_file_is_named(tmp_path):
    """No traceback for a wrong path."""
    with pytest.raises(SpecificationError, match=r"there is no study file .*nothing\.toml"):
        load_study(tmp_path / "nothing.toml")


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("*/study.toml")), ids=lambda file: file.parent.name)
def test_every_example_is_a_valid_study(file):
    """What users copy from must load."""
    assert load_study(file).title


def test_reference_page_names_every_key():
    """A setting that nobody can find doesn't exist."""
    page = (ROOT / "docs" / "reference" / "study_file.md").read_text()
    parts = (FilterSpec, IngestSpec, LongSpec, NormaliseSpec, ViewSpec, ArmSettings, Augmentation, SplitSettings)
    parts += (CohortSettings, ComorbiditySettings, HistorySettings, OutcomeSettings, PairingSettings)
    parts += (StoreSettings, ReportSettings, Protocol, PtbXl, Arrays)
    parts += (PretrainSettings, WatchSettings, VectorSettings, LossSettings)
    keys = {field.metadata.get("key", field.name) for part in parts for field in dataclasses.fields(part)}
    missing = {key for key in keys if f"{key}`" not in page and f"`{key}." not in page}
    assert missing == set()
