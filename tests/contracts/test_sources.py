"""What holds for every data source in the table ``SOURCES``; a new source registers its fake in ``FAKES`` below."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise

import polars as pl
import pytest

from einthoven.cohort.cohort import SPLITS, Cohort
from einthoven.cohort.sources import SOURCES
from einthoven.cohort.sources.ptb_xl import PtbXl
from einthoven.cohort.sources.source import Source
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from einthoven.registry import resolve
from fakes.arrays_folder import make_arrays
from fakes.chapman_ningbo_folder import make_chapman_ningbo
from fakes.cinc2011_folder import make_cinc2011, make_cinc2011_table
from fakes.cinc2021_folder import make_cinc2021
from fakes.code15_folder import make_code15, make_code15_files
from fakes.cpsc2018_folder import make_cpsc2018, make_cpsc2018_original
from fakes.echonext_folder import make_echonext
from fakes.fake_source import FakeSource
from fakes.georgia_folder import make_georgia
from fakes.hospital_folder import make_hospital
from fakes.incart_folder import make_incart
from fakes.ludb_folder import make_ludb
from fakes.mimic_iv_ecg_folder import make_mimic_iv_ecg
from fakes.ptb_folder import make_ptb, make_ptb_of_challenge
from fakes.ptb_xl_folder import make_ptb_xl
from fakes.sph_folder import make_sph
from fakes.uk_biobank_folder import make_uk_biobank

# "source" or "source/layout": one line per layout that a source reads, in the order of the alphabet
FAKES: dict[str, FakeSource] = {
    "arrays": FakeSource(make_arrays, "labels.csv", ("super_MI",), ("super_MY",), "super_MI"),
    "chapman_ningbo": FakeSource(make_chapman_ningbo, "JS[0-9]*.hea", ("AFIB", "sinus_rhythm"), ("AFIV",), "AFIB"),
    "cinc2011": FakeSource(make_cinc2011, "RECORDS-unacceptable", "quality", ("unaceptable",), "unacceptable"),
    "cinc2011/table": FakeSource(make_cinc2011_table, "labels.csv", "quality", ("acceptible",), "acceptable"),
    "cinc2021": FakeSource(make_cinc2021, "*.hea", "cinc2021", "cinc2020", "cinc2021"),
    "code15": FakeSource(make_code15, "exams.csv", ("code15", "sinus_rhythm"), "code1", "code15"),
    "code15/files": FakeSource(make_code15_files, "meta.csv", "code15", ("AFF",), "AF"),
    "cpsc2018": FakeSource(make_cpsc2018, "A[0-9]*.hea", "cpsc2018", ("I-AVF",), "I-AVB"),
    "cpsc2018/original": FakeSource(make_cpsc2018_original, "REFERENCE.csv", "cpsc2018", "cpsc2019", "cpsc2018"),
    "georgia": FakeSource(make_georgia, "E[0-9]*.hea", ("sinus_rhythm",), ("sinus_rythm",), "sinus_rhythm"),
    "hospital": FakeSource(make_hospital, "ecgs.csv", ("qrs_above_140",), ("qrs_abov_140",), "qrs_above_140"),
    "incart": FakeSource(make_incart, "I[0-9][0-9].hea", "einthoven46", "einthoven64", "einthoven46"),
    "ludb": FakeSource(make_ludb, "ludb.csv", ("stemi_lateral_wall",), ("stemi_latteral",), "stemi_lateral_wall"),
    "echonext": FakeSource(make_echonext, "EchoNext_val_waveforms.npy", "echonext", "echonex", "echonext"),
    "mimic_iv_ecg": FakeSource(
        make_mimic_iv_ecg, "record_list.csv", "einthoven46", ("atrial_fibrilation",), "atrial_fibrillation"
    ),
    "ptb": FakeSource(make_ptb, "s[0-9]*re.hea", ("admission", "infarction"), ("admision",), "admission"),
    "ptb/challenge": FakeSource(make_ptb_of_challenge, "S[0-9]*.hea", ("infarction",), ("infarct",), "infarction"),
    "ptb_xl": FakeSource(
        lambda folder: PtbXl(str(make_ptb_xl(folder, n_records=20, rate_hz=100))),
        *("ptbxl_database.csv", "superclass", "superclas", "superclass"),
    ),
    "sph": FakeSource(make_sph, "metadata.csv", "einthoven46", "einthoven4", "einthoven46"),
    "uk_biobank": FakeSource(make_uk_biobank, "participants.csv", ("hypertension",), ("hypertenson",), "hypertension"),
}


@pytest.fixture(scope="module", params=sorted(FAKES))
def fake(request, tmp_path_factory):
    """Return each fake with its settings, its folder made."""
    registered = FAKES[request.param]
    return registered, registered.make(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def data(fake):
    """Return the rows of a fake, with labels."""
    registered, source = fake
    return source.load(registered.labels)


def test_every_source_has_a_fake_and_a_class_of_documented_settings():
    """A source that is in the table, but not here, is an untested one."""
    assert {name.partition("/")[0] for name in FAKES} == set(SOURCES)
    for name in SOURCES:
        settings = resolve("sources", name, SOURCES)
        assert dataclasses.is_dataclass(settings)
        assert settings.__dataclass_params__.frozen, name
        for field in dataclasses.fields(settings):
            assert re.search(rf"\b{field.name}\b", settings.__doc__), f"{name}.{field.name} is not documented"


def test_rows_make_a_cohort(data):
    """Ids are texts and unique, all columns are known to a cohort and equally long, sex and age are what they say."""
    ids = data.columns["record_id"]
    assert ids
    assert len(set(ids)) == len(ids)
    assert all(isinstance(value, str) and value for name in ("record_id", "patient_id") for value in data.columns[name])
    assert {len(values) for values in data.columns.values()} == {len(ids)}
    assert set(data.columns.get("sex", ["U"])) <= {"F", "M", "U"}
    assert all(age is None or 0 <= age <= 130 for age in data.columns.get("age_years", []))
    rows = data.columns | {"split": ["train"] * len(ids), "source": ["fake"] * len(ids)}
    cohort = Cohort.from_frame(pl.DataFrame(rows, strict=False, infer_schema_length=None))
    assert set(cohort.labels) == {*data.labels, *data.auxiliary}


def test_flow_ends_with_the_rows(data):
    """What the table holds less what was left out, in ECGs and in patients of the first box."""
    first, *others = data.flow
    assert not first.excluded
    assert first.records - sum(step.records for step in others if step.excluded) == len(data.locations)
    assert all(step.patients <= step.records for step in data.flow)


def test_labels_are_yes_no_or_unknown(data):
    """Every label has its column and holds 0, 1 or nothing; somebody has it, or somebody lacks it."""
    assert data.labels
    for label in data.labels:
        values = data.columns[f"y.{label}"]
        assert set(values) <= {0.0, 1.0, None}
    assert any(value is not None for label in data.labels for value in data.columns[f"y.{label}"])


def test_locations_are_the_rows_and_can_be_read(data):
    """In the same order, of the same patient, and the first and the last of them are ECGs."""
    assert [location.record_id for location in data.locations] == data.columns["record_id"]
    assert [location.patient_id for location in data.locations] == data.columns["patient_id"]
    for location in {0: data.locations[0], 1: data.locations[-1]}.values():
        record = read(location)
        assert record.signal.shape[1] > 0
        assert record.patient_id == location.patient_id


def test_loading_twice_gives_the_same(fake, data):
    """Nothing depends on the order in which a file system lists its files."""
    registered, source = fake
    again = source.load(registered.labels)
    assert again.columns == data.columns
    assert again.locations == data.locations


def test_an_official_split_names_splits(data):
    """One of the cohort's splits per row, and a patient in one only."""
    if data.official_split is None:
        return
    assert len(data.official_split) == len(data.locations)
    assert set(data.official_split) <= set(SPLITS)
    pairs = sorted(set(zip(data.columns["patient_id"], data.official_split, strict=True)))
    assert not [one for (one, _), (other, _) in pairwise(pairs) if one == other]


@pytest.mark.parametrize("request_nothing", ["", ()])
def test_no_labels_may_be_asked_for(fake, data, request_nothing):
    """A study of echo reports wants the ECGs and no statements: at least as many rows, and no label column."""
    _, source = fake
    bare = source.load(request_nothing)
    assert bare.labels == ()
    assert not [name for name in bare.columns if name.startswith(("y.", "u."))]
    assert set(bare.columns["record_id"]) >= set(data.columns["record_id"])


def test_a_folder_that_is_not_there_is_named(fake, tmp_path):
    """The person sees which path is wrong."""
    registered, source = fake
    with pytest.raises(CohortError, match="nowhere"):
        dataclasses.replace(source, path=str(tmp_path / "nowhere")).load(registered.labels)


@pytest.mark.parametrize("name", sorted(FAKES))
def test_a_file_that_is_not_there_is_named(name, tmp_path):
    """The error says which file or which kind of file the folder lacks."""
    registered = FAKES[name]
    source = registered.make(tmp_path)
    assert isinstance(source, Source)
    needed = list(tmp_path.rglob(registered.needs))
    assert needed
    for file in needed:
        file.unlink()
    with pytest.raises(CohortError, match=re.escape(registered.needs)):
        source.load(registered.labels)


def test_a_misspelt_label_is_answered_with_the_right_one(fake):
    """Labels that a source does not know are refused, never taken as absent."""
    registered, source = fake
    with pytest.raises(CohortError, match=re.escape(registered.right)):
        source.load(registered.wrong)
