"""EchoNext: rows by part, patients in one part, findings that nobody measured unknown, no millivolts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from einthoven.cohort.sources.echonext import EchoNext
from einthoven.ecg.formats import read
from einthoven.errors import CohortError
from fakes.echonext_folder import make_echonext


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a small folder's settings."""
    return make_echonext(tmp_path_factory.mktemp("echonext"))


def test_each_row_finds_its_waveform_within_its_part(source):
    """The table mixes the parts; the first sample of each waveform is the row's number."""
    data = source.load()
    assert data.columns["record_id"] == ["e0", "e1", "e2", "e4", "e5", "e7"]
    assert [location.options["row"] for location in data.locations] == [0, 0, 1, 0, 2, 1]
    assert data.official_split == ("train", "validation", "train", "test", "train", "validation")


def test_waveforms_are_read_without_millivolts(source):
    """They were standardised lead by lead."""
    for location in source.load().locations:
        record = read(location)
        assert record.signal.shape == (12, 2500)
        assert record.unit == "arbitrary"
        assert record.signal[0, 0] == int(location.record_id[1:])


def test_a_zero_that_nobody_measured_is_unknown(source):
    """The owners write 0 there; taking it is a choice."""
    data = source.load(("lvef_lte_45", "lvwt_gte_13", "shd", "lvef"))
    assert data.columns["y.lvef_lte_45"] == data.columns["y.lvwt_gte_13"] == [0, 1, None, 0, 1, 1]
    assert data.columns["y.shd"] == [0, 1, 0, 0, 1, 1]
    assert data.columns["y.lvef"] == [40, 41, None, 44, 45, 47]
    published = dataclasses.replace(source, unmeasured="negative").load(("lvef_lte_45",))
    assert published.columns["y.lvef_lte_45"] == [0, 1, 0, 0, 1, 1]


def test_earlier_ecgs_of_tested_patients_stay_out_or_with_their_patient(source):
    """In training they would betray who is tested."""
    assert [(step.records, step.excluded) for step in source.load().flow] == [(8, False), (2, True)]
    data = dataclasses.replace(source, earlier_ecgs=True).load()
    parts = dict(zip(data.columns["record_id"], data.official_split, strict=True))
    assert (parts["e3"], parts["e6"]) == ("validation", "test")
    assert len(data.flow) == 1


def test_findings_of_statements_are_refused(source):
    """Nothing is stated of the ECG itself."""
    with pytest.raises(CohortError, match="EchoNext has no label or label set 'atrial_fibrillation'"):
        source.load(("atrial_fibrillation",))


def test_sex_is_read_as_words_or_as_numbers(source, tmp_path):
    """The release says the one and does the other."""
    assert source.load().columns["sex"] == ["F", "M", "F", "F", "M", "M"]
    make_echonext(tmp_path)
    table = tmp_path / "echonext_metadata_100k.csv"
    table.write_text(table.read_text().replace(",male,", ",1,").replace(",female,", ",0,"))
    assert EchoNext(str(tmp_path)).load().columns["sex"] == ["F", "M", "F", "F", "M", "M"]


def test_missing_and_shortened_waveforms_are_refused(tmp_path):
    """A lost row would shift every label onto its neighbour's ECG."""
    source = make_echonext(tmp_path)
    np.save(tmp_path / "EchoNext_val_waveforms.npy", np.zeros((1, 1, 2500, 12)))
    with pytest.raises(CohortError, match=r"EchoNext_val_waveforms\.npy holds 1 ECGs and .* 2 rows of 'val'"):
        source.load()
    (tmp_path / "EchoNext_val_waveforms.npy").write_bytes(b"damaged")
    with pytest.raises(CohortError, match=r"EchoNext_val_waveforms\.npy can't be read as an array"):
        source.load()
    (tmp_path / "EchoNext_val_waveforms.npy").unlink()
    with pytest.raises(CohortError, match=r"has no EchoNext_val_waveforms\.npy; .*physionet\.org/content/echonext"):
        source.load()
