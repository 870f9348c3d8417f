from __future__ import annotations

import numpy as np
import pytest

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.formats.writing import suffix_of, write
from einthoven.errors import LeadError, UnknownNameError, UnreadableFileError
from fakes import all_fakes
from fakes.array_files import layout, write_array
from fakes.wfdb_files import STANDARD, fake_digital, write_wfdb


def test_a_folder_is_searched_recursively_in_natural_order(tmp_path):
    for folder, name in (("b", "rec10"), ("b", "rec9"), ("a", "rec11"), ("", "rec1")):
        (tmp_path / folder).mkdir(exist_ok=True)
        write_wfdb(tmp_path / folder, name)
    assert [location.record_id for location in locate(tmp_path)] == ["rec11", "rec9", "rec10", "rec1"]


def test_records_of_the_same_name_are_told_apart_by_their_path(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_wfdb(tmp_path / folder, "rec")
    write_wfdb(tmp_path / "a", "alone")
    assert [location.record_id for location in locate(tmp_path)] == ["alone", "a/rec", "b/rec"]


def test_nothing_to_read_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(
        UnreadableFileError,
        match=r"holds no ECG of a known format: .* for arrays, .*--layout LAYOUT\.toml",
    ):
        locate(tmp_path)
    with pytest.raises(UnreadableFileError, match="does not exist: check the path"):
        locate(tmp_path / "none")
    with pytest.raises(UnreadableFileError, match="check the path"):
        read(tmp_path / "none.xyz")


def test_unknown_formats_and_options_are_refused_with_the_nearest(tmp_path):
    header = write_wfdb(tmp_path)
    with pytest.raises(UnknownNameError, match="did you mean 'wfdb'"):
        locate(header, format="wfbd")
    with pytest.raises(UnknownNameError, match="did you mean 'unit'"):
        locate(header, options={"units": "uV"})


def test_a_record_path_without_suffix_is_read(tmp_path):
    write_wfdb(tmp_path, leads=["I"], digital=fake_digital(1))
    assert read(str(tmp_path / "rec")).leads == ("I",)
    assert locate(tmp_path / "rec")[0].record_id == "rec"


def test_errors_of_the_reader_come_through(tmp_path):
    with pytest.raises(LeadError):
        read(write_wfdb(tmp_path, leads=["MLII"], digital=fake_digital(1)))


EIGHT = (*STANDARD[:2], *STANDARD[6:])


def test_leads_in_arbitrary_units_are_not_derived_because_they_need_not_add_up(tmp_path):
    path = write_array(tmp_path / "rec.npy", fake_digital(8).T.astype(float))
    options = layout(leads=list(EIGHT), unit="arbitrary")
    record = read(RecordLocation("rec", str(path), "array", options))
    assert record.leads == EIGHT
    assert record.provenance.leads_derived == ()


@pytest.mark.parametrize("to", ["scp", "muse", "dicom", "aecg", "npz"])
def test_the_median_beat_of_eight_leads_gets_the_limb_leads_of_the_recording(tmp_path, to):
    """Every writer then has beat and recording of the same leads."""
    source = all_fakes.fakes_of("muse")["median-latin1"](tmp_path, fake_digital(8, 600) / 1000, EIGHT)
    record = read(source)
    assert record.median_beat.leads == record.leads == STANDARD
    one, two, three = record.median_beat.signal[:3]
    np.testing.assert_allclose(three, two - one, atol=1e-6)
    [path] = write(record, tmp_path / f"again{suffix_of(to)}", format=to)
    again = read(path).median_beat
    assert again.leads == STANDARD
    np.testing.assert_allclose(again.signal, record.median_beat.signal, atol=1e-3)
