"""The readers on public recordings, against the wfdb package and the facts of the folder's own description."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
import wfdb as package

from einthoven.ecg.formats import RecordLocation, locate, read
from einthoven.ecg.formats.wfdb.header import parse_header
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import LeadError, SpecificationError, UnreadableFileError

pytestmark = pytest.mark.real_data

WFDB_FOLDERS = [
    "ptb_xl/records500",
    "ptb_xl/records100",
    "ludb",
    "cinc2011",
    "cinc2021_samples/cinc2021",
    "multi_source/CPSC_CPSC-Extra",
    "multi_source/PTB_PTBXL",
    "multi_source/G12EC",
    "multi_source/ChapmanShaoxing_Ningbo",
]


def test_every_header_parses_and_has_twelve_standard_leads(real_data):
    headers = sorted(real_data.rglob("*.hea"))
    assert len(headers) > 1500
    exceptions = {}
    for path in headers:
        header = parse_header(path.read_bytes(), path=str(path))
        if len(header.signals) != 12:
            exceptions[path.name] = len(header.signals)
        assert header.rate_hz in {100, 360, 500, 1000}
        assert all(line.unit.lower() in {"mv", ""} for line in header.signals)
    assert exceptions == {"100.hea": 2, "s0010_re.hea": 15}


@pytest.mark.parametrize("folder", WFDB_FOLDERS)
def test_a_sample_of_each_folder_equals_the_wfdb_package(real_data, folder):
    locations = locate(real_data / folder)
    for location in locations[:: max(1, len(locations) // 6)]:
        record = read(location)
        theirs = package.rdrecord(location.path.removesuffix(".hea"))
        assert record.leads == STANDARD_LEADS
        assert record.sampling_rate_hz == theirs.fs
        np.testing.assert_allclose(record.signal, theirs.p_signal.T, rtol=2.4e-7, atol=1e-12)
        gain = np.array(theirs.adc_gain)[:, None]
        digital = np.rint(record.signal.astype(float) * gain + np.array(theirs.baseline)[:, None])
        np.testing.assert_array_equal(digital, theirs.adc().T)


@pytest.mark.parametrize("folder", WFDB_FOLDERS)
def test_no_checksum_of_a_public_folder_is_wrong(real_data, folder):
    for location in locate(real_data / folder)[::5]:
        assert not any("checksum" in note for note in read(location, with_sha256=False).provenance.notes)


def test_the_arrhythmia_database_gives_its_one_standard_lead(real_data):
    record = read(real_data / "formats/wfdb/100.hea")
    theirs = package.rdrecord(str(real_data / "formats/wfdb/100"), sampto=5000)
    assert record.leads == ("V5",)
    assert (record.age_years, record.sex, record.sampling_rate_hz) == (69, "M", 360)
    np.testing.assert_allclose(record.signal[0, :5000], theirs.p_signal[:, 1], rtol=2e-7)
    assert any("MLII" in note for note in record.provenance.notes)


def test_a_record_in_two_files_gives_twelve_leads_and_leaves_frank_leads_out(real_data):
    record = read(real_data / "formats/wfdb/s0010_re.hea")
    theirs = package.rdrecord(str(real_data / "formats/wfdb/s0010_re"), channels=list(range(12)))
    np.testing.assert_allclose(record.signal, theirs.p_signal.T, rtol=2e-7)
    assert (record.age_years, record.sex, record.time_kind) == (81, "F", "naive")
    assert record.time == datetime(1990, 10, 1)  # noqa: DTZ001 - naive is meant
    assert any("vx, vy, vz" in note for note in record.provenance.notes)


def test_files_for_want_of_a_header_are_refused_by_name(real_data):
    for name in ("formats/wfdb/a103l.mat", "cinc2021_samples/cpsc2018/A1980.mat", "code15/org/code_15_1238362.mat"):
        with pytest.raises(UnreadableFileError, match=f"{name.split('/')[-1]} .*for want of its header"):
            read(real_data / name)


def test_the_muse_export_is_read_with_tabs_and_its_own_order_of_leads(real_data):
    record = read(real_data / "formats/muse_xml/muse-sinus.hea")
    assert record.leads == STANDARD_LEADS
    assert record.time == datetime(2023, 4, 29, 22, 41, 16)  # noqa: DTZ001 - naive is meant
    two, three = record.signal[1], record.signal[2]
    np.testing.assert_allclose(record.signal[0] + three, two, atol=0.06)
    np.testing.assert_allclose(record.signal[5], (two + three) / 2, atol=0.06)  # aVF: it comes third from last there


def test_ages_sexes_and_diagnoses_of_each_source(real_data):
    folder = real_data / "multi_source"
    found = {
        name: read(next(iter(folder.rglob(f"{name}.hea"))), with_sha256=False)
        for name in ("A0001", "JS00001", "E00001", "HR00001", "S0001")
    }
    assert {name: record.age_years for name, record in found.items()} == {
        "A0001": 74, "JS00001": 85, "E00001": None, "HR00001": 56, "S0001": 81,
    }  # fmt: skip
    assert "".join(record.sex for record in found.values()) == "MMFFF"
    assert found["JS00001"].statements == ("164889003", "59118001", "164934002")
    spaced = read(real_data / "cinc2021_samples/cinc2021/JS20000.hea", with_sha256=False)
    assert spaced.age_years is not None
    assert spaced.statements
    ludb = read(real_data / "ludb/data/1.hea")
    assert (ludb.age_years, ludb.sex, len(ludb.statements)) == (51, "F", 5)


def test_declared_arrays_of_z_scores_are_arbitrary(real_data):
    path = real_data / "ptb_xl_arrays_100hz/signals_int16.npy"
    options = {
        "axes": "record,sample,lead",
        "rate_hz": 100,
        "unit": "arbitrary",
        "leads": STANDARD_LEADS,
        "scale": 1 / 250,
    }
    locations = locate(path, options=options)
    assert len(locations) == 1197
    record = read(locations[7])
    assert (record.record_id, record.unit, record.signal.shape) == ("signals_int16_7", "arbitrary", (12, 1000))
    stored = np.load(path, mmap_mode="r")[7].T
    np.testing.assert_allclose(record.signal, stored / 250, rtol=1e-6)
    assert 0.8 < record.signal.std() < 1.2
    with pytest.raises(SpecificationError, match="rate_hz"):
        read(RecordLocation("x", str(path), "array", {"axes": "record,sample,lead"}))
    with pytest.raises(LeadError, match=r"holds 12 leads .* 11 are declared"):
        read(RecordLocation("x", str(path), "array", options | {"row": 0, "leads": STANDARD_LEADS[:11]}))


def test_declared_hdf5_files_are_read(real_data):
    options = {"axes": "lead,sample", "rate_hz": 500, "unit": "mV", "leads": STANDARD_LEADS, "suffix": ".h5"}
    locations = locate(real_data / "multi_source/SPH", format="array", options=options)
    assert [location.record_id for location in locations] == [f"SPH{k:05d}" for k in range(1, 11)]
    for location in locations:
        record = read(location)
        one, two, three = record.signal[:3]
        np.testing.assert_allclose(one + three, two, atol=0.02)


def test_declared_csv_and_matlab_files_are_read(real_data):
    six = {"axes": "sample,lead", "rate_hz": 800, "unit": "uV", "leads": STANDARD_LEADS[:6], "columns": range(6)}
    record = read(RecordLocation("c", str(real_data / "formats/csv/0000050.ECG.csv"), "array", six))
    one, two, three = record.signal[:3]
    np.testing.assert_allclose(one + three, two, atol=0.02)
    brazil = {"axes": "lead,sample", "rate_hz": 400, "unit": "arbitrary", "leads": STANDARD_LEADS, "dataset": "feats"}
    path = real_data / "code15/org/code_15_1238362.mat"
    assert read(RecordLocation("m", str(path), "array", brazil)).signal.shape[0] == 12
