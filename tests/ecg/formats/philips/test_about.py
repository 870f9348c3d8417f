from __future__ import annotations

import pytest
from lxml import etree

from einthoven.ecg.formats import RecordLocation, read
from einthoven.ecg.formats.philips.about import about, marks
from einthoven.ecg.formats.philips.read import FORMAT
from einthoven.ecg.record import Annotation

WHOLE = """<restingecgdata xmlns="http://www3.medical.philips.com" status="Confirmed">
<documentinfo><documentname>d-1.xml</documentname><filename>C:\\d\\d-1.xml</filename>
  <editor id="S-1-5-21">Edna Editor</editor></documentinfo>
<userdefines><userdefine index="1"><label>FIN</label><value>FIN-77</value></userdefine></userdefines>
<orderinfo><ordernumber>ORD-5</ordernumber><uniqueorderid>U-6</uniqueorderid>
  <referringphysician>Rita Roe</referringphysician></orderinfo>
<dataacquisition date="2021-03-04" time="05:06:07">
  <machine machineid="SN-9" detaildescription="Philips Medical Products:860315:A.07">PageWriter TC</machine>
  <acquirer><encounterid>ENC-1</encounterid><operator id="OPR">Olga Operator</operator><room>---</room>
    <institutionname>General</institutionname>
    <orderingclinician id="134742">Oscar Orderer</orderingclinician></acquirer>
</dataacquisition>
<patient><generalpatientdata><patientid>PID-1</patientid><uniquepatientid/><MRN>MRN-2</MRN>
  <name><lastname>Doe</lastname><firstname>Jane</firstname><middlename>---</middlename></name>
  <age defaultage="50"><dateofbirth>1971-03-04</dateofbirth></age><sex>Female</sex></generalpatientdata></patient>
<interpretations><interpretation date="2021-03-04" time="05:06:07">
  <interpretationdatastructure><statementcomponents>
    <codedstatement source="Analysis program" deleted="True"><modifiers><modifier>PROBABLE</modifier></modifiers>
      <variables><numericvalue>60</numericvalue><listofECGlead>V3 V4</listofECGlead></variables>
      <unparsedstatement><lhsstatement>RATE *** IN LEAD(S) *LEAD*</lhsstatement></unparsedstatement></codedstatement>
    <codedstatement source="Editor">
      <unparsedstatement><lhsstatement>ADDED</lhsstatement></unparsedstatement></codedstatement>
  </statementcomponents></interpretationdatastructure>
  <mdsignatureline>Confirmed by: Smith, Conny, MD 24-Dec-2008 07:15:13</mdsignatureline>
  <confirmingclinician id="CC-3">Smith, Conny, MD</confirmingclinician>
  <severity>- ABNORMAL ECG -</severity>
  <statement><leftstatement>ADDED</leftstatement><rightstatement>why</rightstatement></statement>
  <statement><leftstatement/><rightstatement/></statement>
</interpretation></interpretations>
</restingecgdata>"""


def _about(old: str = "", new: str = ""):
    return about(etree.fromstring(WHOLE.replace(old, new) if old else WHOLE))


def test_patient_time_and_device_are_told():
    told = _about()
    assert (told.patient_id, told.sex, told.device) == ("PID-1", "F", "Philips Medical Products PageWriter TC")
    assert told.time.isoformat() == "2021-03-04T05:06:07"
    assert told.age_years == pytest.approx(50, abs=0.01)


def test_every_identifier_is_listed_and_placeholders_are_not():
    assert set(_about().identifiers) == {
        "PID-1", "MRN-2", "Doe", "Jane", "1971-03-04", "d-1.xml", "C:\\d\\d-1.xml", "S-1-5-21", "Edna Editor", "FIN-77",
        "ORD-5", "U-6", "SN-9", "ENC-1", "OPR", "Olga Operator", "General", "134742", "Oscar Orderer", "CC-3",
        "Smith, Conny, MD", "Rita Roe",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("age", "years"),
    [
        ("<years>61</years>", 61),
        ("<months>18</months>", 1.5),
        ("<days>73.05</days>", 0.2),
        ("<years/><hours>12</hours>", 12 / 24 / 365.25),
        ("<years>250</years>", None),
        ("<dateofbirth/>", None),
        ("<dateofbirth>2031-01-01</dateofbirth>", None),
    ],
)
def test_ages_in_all_units_and_never_the_default_age(age, years):
    told = _about("<dateofbirth>1971-03-04</dateofbirth>", age)
    assert told.age_years == (None if years is None else pytest.approx(years))


def test_a_placeholder_for_the_patients_number_gives_way_to_the_record_number():
    assert _about("PID-1", "---").patient_id == "MRN-2"


def test_statements_stand_as_edited_and_the_programs_own_are_kept_beside_them():
    told = _about()
    assert told.statements == ("ADDED", "- ABNORMAL ECG -")
    assert told.original_statements == ("PROBABLE RATE 60 IN LEAD(S) V3 V4",)
    untouched = _about('deleted="True"', "").original_statements
    assert untouched == told.original_statements  # an editor's statement was added
    program = about(etree.fromstring(WHOLE.replace('source="Editor"', "").replace('deleted="True"', "")))
    assert program.original_statements == ()


def test_a_file_that_says_nothing_gives_nothing():
    told = about(etree.fromstring("<restingecgdata/>"))
    assert (told.patient_id, told.time, told.age_years, told.device, told.statements) == (None, None, None, None, ())
    assert told.identifiers == ()


def test_marks_are_in_seconds_and_in_order():
    root = etree.fromstring(
        '<r xmlns="http://www3.medical.philips.com"><internalmeasurements><crossleadmeasurements><pon>6844</pon><qrson/><toff>0</toff>'
        '</crossleadmeasurements><leadmeasurements><leadmeasurement leadname="AVF"><pacepulses>'
        '<pacepulse starttime="4364"/><pacepulse starttime="x"/></pacepulses><leadqualitystates>'
        '<inops><inop starttime="0" duration="10560"/></inops><acartifacts level="None"><acartifact starttime=""/>'
        "</acartifacts></leadqualitystates></leadmeasurement></leadmeasurements>"
        "</internalmeasurements><waveforms><annotations><annotation><time>12.5</time><label>VPC</label></annotation>"
        "</annotations></waveforms></r>"
    )
    assert marks(root) == (
        Annotation(0, "lead off for 10.56 s", "aVF"), Annotation(0.0125, "VPC"),
        Annotation(4.364, "pace pulse", "aVF"), Annotation(6.844, "P onset"),
    )  # fmt: skip


@pytest.mark.real_data
def test_a_real_confirmed_file_keeps_what_the_program_had_said(real_data):
    path = real_data / "formats/philips_xml/ad4d3d80-d165_1-04_orig.xml"
    record = read(path)
    assert record.statements == (
        "SINUS BRADYCARDIA", "NO PREVIOUS TRACING AVAILABLE FOR COMPARISON", "- OTHERWISE NORMAL ECG -",
    )  # fmt: skip
    assert record.original_statements == ("SINUS BRADYCARDIA", "BASELINE WANDER IN LEAD(S) V3")
    assert (record.sex, record.patient_id) == ("F", "9999")
    assert record.age_years == pytest.approx(32.98, abs=0.01)
    identifiers = FORMAT.identifiers(RecordLocation("x", str(path), "philips", {}))
    assert {"Masoudi, Frederick, MD,MSPH", "EKG16296", "1976-01-01", "134742"} <= set(identifiers)
    assert "---" not in identifiers


@pytest.mark.real_data
def test_the_instants_of_a_real_file_lie_on_its_qrs(real_data):
    record = read(real_data / "formats/philips_xml/129DYPRG.XML")
    at = {mark.label: mark.time_s for mark in record.annotations}
    first, last = round(at["QRS onset"] * 500), round(at["QRS end"] * 500)
    steepness = abs(record.signal[6:, 1:] - record.signal[6:, :-1]).sum(axis=0)
    assert steepness[first:last].max() > 0.8 * steepness[first - 300 : last + 300].max()
