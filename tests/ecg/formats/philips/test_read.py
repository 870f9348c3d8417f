from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pytest
import sierraecg
from ecgdatakit.parsing.parsers.sierra_xml import SierraXMLParser
from lxml import etree

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.philips.read import decode
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.errors import LeadError, SignalError, UnitError, UnreadableFileError
from fakes.philips_files import in_standard_order, limb_differences, write_philips, xli

REAL = ("129DYPRG.XML", "3191723_ZZDEMOPTONLY_1-04_orig.xml", "ad4d3d80-d165_1-04_orig.xml", "2020-5-18_15-48-11.xml")


def _digital(n_leads: int = 12, n_samples: int = 120) -> np.ndarray:
    return np.random.default_rng(5).integers(-900, 900, (n_leads, n_samples))


def _decoded(path):
    return decode(path.read_bytes(), where=str(path))


@pytest.mark.parametrize("version", ["1.03", "1.04", "1.04.01", "1.04.02"])
@pytest.mark.parametrize("compression", ["XLI", ""])
def test_each_version_is_read_packed_and_plain(tmp_path, version, compression):
    digital = _digital()
    kind = "SierraECG" if version == "1.03" else "PhilipsECG"
    path = write_philips(tmp_path, digital=digital, version=version, kind=kind, compression=compression, resolution="5")
    decoded = _decoded(path)
    np.testing.assert_array_equal(decoded.rhythm.digital, digital)
    assert decoded.rhythm.digital.dtype == np.int16
    assert tuple(decoded.rhythm.names) == STANDARD_LEADS
    assert (decoded.rhythm.step[0], decoded.rhythm.unit, decoded.rhythm.sampling_rate_hz) == (5, "uV", 500)
    theirs = SierraXMLParser().parse(path)
    np.testing.assert_array_equal([lead.samples for lead in theirs.leads], digital)
    if compression:  # sierraecg takes uncompressed leads for differences, too
        np.testing.assert_array_equal([lead.samples for lead in sierraecg.read_file(str(path)).leads], digital)


def test_other_types_and_versions_are_refused_with_what_is_read(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"rec\.xml is a document of type 'MortaraECG'.*SierraECG and Phil"):
        read(write_philips(tmp_path, digital=_digital(), kind="MortaraECG"))
    for version in ("1.02", "1.05", "", "2"):
        with pytest.raises(UnreadableFileError, match=r"rec\.xml is of version .*1\.03, 1\.04, 1\.04\.01"):
            read(write_philips(tmp_path, digital=_digital(), version=version))


def test_a_document_of_another_root_is_refused_by_its_name():
    with pytest.raises(UnreadableFileError, match="element AnnotatedECG"):
        decode(b"<AnnotatedECG/>", where="f")


def test_the_zero_of_the_samples_is_subtracted(tmp_path):
    path = write_philips(
        tmp_path, digital=_digital() + 100, compression="", resolution="2", attributes='signaloffset="100"'
    )
    np.testing.assert_allclose(read(path).signal, _digital() * 0.002, atol=1e-6)


def test_a_file_that_does_not_say_what_a_unit_is_worth_asks(tmp_path):
    path = write_philips(tmp_path, digital=_digital(), version="1.03", resolution="")
    with pytest.raises(UnitError, match=r"rec\.xml doesn't say its amplitude unit"):
        read(path)
    declared = read(RecordLocation("rec", str(path), "philips", {"unit": "5 uV"}))
    np.testing.assert_allclose(declared.signal, _digital() * 0.005, atol=1e-6)


def test_attributes_of_the_waveforms_outrank_the_acquisition(tmp_path):
    acquisition = '<dataacquisition date="2021-03-04" time="05:06:07-05:00">'
    path = write_philips(
        tmp_path,
        digital=_digital(),
        acquisition=acquisition,
        attributes='upsampled="True" upsamplemethod="linear interpolation" artfiltered="True"',
    )
    text = path.read_text().replace("<samplingrate>500", "<samplingrate>250")
    path.write_text(text)
    record = read(path)
    assert record.sampling_rate_hz == 500
    assert record.provenance.original_step_mv[0] == pytest.approx(0.001)
    assert record.provenance.resampling == "upsampled from 250 to 500 Hz by linear interpolation"
    assert record.provenance.device_filters == (
        "high-pass 0.05 Hz", "low-pass 150 Hz", "notch 60 Hz", "notch 120 Hz", "Philips artifact filter",
    )  # fmt: skip
    assert (record.time_kind, record.time.isoformat()) == ("utc", "2021-03-04T10:06:07+00:00")


def test_packed_leads_in_an_unknown_order_are_refused_and_unpacked_ones_read(tmp_path):
    digital = _digital()
    names = [*STANDARD_LEADS[:2], "aVR", "III", *STANDARD_LEADS[4:]]
    packed = write_philips(tmp_path, digital=digital, name="packed.xml")
    packed.write_text(packed.read_text().replace("I II III aVR", "I II aVR III"))
    with pytest.raises(LeadError, match=r"packed\.xml .*stores III, aVR, aVL and aVF as differences"):
        read(packed)
    plain = write_philips(tmp_path, digital=digital, leads=names, compression="", name="plain.xml")
    np.testing.assert_allclose(read(plain).signal, digital[[0, 1, 3, 2, *range(4, 12)]] * 0.001, atol=1e-6)


def test_precordial_leads_may_have_the_names_of_the_iec(tmp_path):
    path = write_philips(tmp_path, digital=_digital())
    path.write_text(path.read_text().replace("V1 V2 V3 V4 V5 V6", "C1 C2 C3 C4 C5 C6"))
    record = read(path)
    assert record.leads == STANDARD_LEADS
    np.testing.assert_allclose(record.signal, _digital() * 0.001, atol=1e-6)


def test_right_sided_leads_behind_the_twelve_are_left_out_with_a_note(tmp_path):
    digital = _digital(14)
    samples = xli(digital)
    path = write_philips(tmp_path, digital=digital[:12], samples=samples)
    path.write_text(
        path.read_text().replace("V5 V6", "V5 V6 V4R V7").replace('numberofleads="12"', 'numberofleads="14"')
    )
    record = read(path)
    np.testing.assert_allclose(record.signal, digital[:12] * 0.001, atol=1e-6)
    assert any("V4R, V7" in note for note in record.provenance.notes)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"duration_ms": "-240"}, SignalError, "declares 12 leads of -240 ms"),
        ({"duration_ms": "0"}, SignalError, "between 1 and"),
        ({"duration_ms": "1e12"}, SignalError, "between 1 and"),
        ({"duration_ms": "nan"}, UnreadableFileError, "durationperchannel must be a number"),
        ({"duration_ms": "2400"}, UnreadableFileError, "declare"),
        ({"compression": "Huffman"}, UnreadableFileError, "compressed by 'Huffman'"),
        ({"compression": "", "duration_ms": "2400"}, UnreadableFileError, "1440 of 14400 samples are there"),
        ({"samples": "!!!"}, UnreadableFileError, "no valid base64"),
        ({"compression": "", "plain": True, "samples": "1 2 x"}, UnreadableFileError, "something else than numbers"),
        ({"compression": "", "plain": True, "samples": "1.5 2e9"}, UnreadableFileError, "no 16-bit integers"),
    ],
)
def test_impossible_declarations_are_refused_by_name(tmp_path, changes, error, message):
    path = write_philips(tmp_path, digital=_digital(), **changes)
    with pytest.raises(error, match=message) as refusal:
        read(path)
    assert "rec.xml" in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('bitspersample="16"', 'bitspersample="12"', UnreadableFileError),
        ('signalsigned="True"', 'signalsigned="False"', UnreadableFileError),
        ('samplespersecond="500"', 'samplespersecond="x"', UnreadableFileError),
        ('samplespersecond="500"', 'samplespersecond="-500"', SignalError),
        ('numberofleads="12"', 'numberofleads="13"', LeadError),
        ('numberofleads="12"', 'numberofleads="-1"', LeadError),
        ('numberofleads="12"', 'numberofleads="99999999999"', LeadError),
        ('resolution="1"', 'resolution="0"', UnitError),
        ('resolution="1"', 'resolution="inf"', UnreadableFileError),
        ("parsedwaveforms", "leadwaveforms", SignalError),
    ],
)
def test_contradictory_attributes_are_refused_by_name(tmp_path, old, new, error):
    path = write_philips(tmp_path, digital=_digital())
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(error, match=r"rec\.xml"):
        read(path)


def test_samples_in_another_file_are_refused_with_its_name(tmp_path):
    path = write_philips(tmp_path, digital=_digital())
    text = path.read_text().replace("<parsedwaveforms", '<unparsedwaveforms href="x.bin"')
    path.write_text(text.replace("</parsedwaveforms", "</unparsedwaveforms"))
    with pytest.raises(SignalError, match=r"in another file, x\.bin"):
        read(path)


def test_entities_are_never_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for number, entity in enumerate((f'<!ENTITY x SYSTEM "{secret.as_uri()}">', '<!ENTITY x "aaaa">')):
        path = write_philips(tmp_path, digital=_digital(), name=f"{number}.xml")
        bomb = path.read_text().replace("<restingecgdata", f"<!DOCTYPE r [{entity}]><restingecgdata", 1)
        path.write_text(bomb.replace("1c0c9a70", "&x;"))
        with pytest.raises(UnreadableFileError, match=rf"{number}\.xml declares XML entities"):
            read(path)


def test_the_fake_stores_differences_as_recorders_do():
    digital, leads = in_standard_order(_digital(), [lead.upper() for lead in STANDARD_LEADS])
    assert leads[3] == "AVR"
    two = digital[1] - digital[0]
    np.testing.assert_array_equal(two - limb_differences(digital)[2], digital[2])


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_real_files_equal_sierraecg_and_the_published_samples(real_data, name):
    folder = real_data / "formats/philips_xml"
    expected = json.loads((folder / "expected.json").read_text())
    record = read(folder / name)
    digital = np.rint(record.signal / 0.005).astype(int)
    assert record.leads == STANDARD_LEADS
    assert record.provenance.reader == "philips"
    assert digital[:, 2750].tolist() == next(row for key, row in expected.items() if key.endswith(name))
    theirs = np.array([lead.samples for lead in sierraecg.read_file(str(folder / name)).leads])
    np.testing.assert_array_equal(digital, theirs)
    np.testing.assert_allclose(record.signal, theirs * 0.005, rtol=2e-7, atol=1e-9)
    kit = SierraXMLParser().parse(folder / name)
    np.testing.assert_array_equal(digital, [lead.samples for lead in kit.leads])
    assert record.provenance.device_filters == ("high-pass 0.05 Hz", "low-pass 150 Hz")


@pytest.mark.real_data
def test_a_real_file_agrees_with_its_converted_twin(real_data):
    folder = real_data / "formats/philips_xml"
    record = read(folder / "ad4d3d80-d165_1-04_orig.xml")
    twin = {}
    for sequence in etree.parse(folder / "ad4d3d80-d165_1-04_converted.xml").iterfind(".//{*}sequence"):
        digits = sequence.findtext("{*}value/{*}digits")
        if digits and len(digits.split()) == 5500:
            twin[sequence.find("{*}code").get("code").lower()] = np.array(digits.split(), dtype=int)
    assert len(twin) == 12
    for lead, row in zip(record.leads, record.signal, strict=True):
        assert np.abs(np.rint(row / 0.005) - twin[f"mdc_ecg_lead_{lead.lower()}"]).max() <= 4


@pytest.mark.real_data
def test_invalid_real_files_are_refused_by_name_with_the_reason(real_data):
    folder = real_data / "formats/philips_xml"
    with pytest.raises(UnreadableFileError, match=r"invalid-doc-type\.xml is a document of type 'MortaraECG'"):
        read(folder / "invalid-doc-type.xml")
    with pytest.raises(UnreadableFileError, match=r"invalid-doc-version\.xml is of version '1\.05'.*1\.04\.01"):
        read(folder / "invalid-doc-version.xml")


@pytest.mark.real_data
def test_real_files_say_when_and_with_what(real_data):
    record = read(real_data / "formats/philips_xml/2020-5-18_15-48-11.xml")
    assert record.time == datetime(2020, 5, 18, 15, 48, 11)  # noqa: DTZ001 - the file gives no zone
    assert (record.device, record.sex, record.patient_id) == ("Philips Medical Products PageWriter TC", "U", "xxxxxx")
    assert record.median_beat.signal.shape == (12, 1200)
