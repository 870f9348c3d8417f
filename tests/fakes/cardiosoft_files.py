"""CardioSoft exports written as text from public descriptions of the format, without our reader's code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

ABOUT = """
  <ObservationType>RestECG</ObservationType>
  <ObservationDateTime>
    <Hour>9</Hour><Minute>5</Minute><Second>7</Second><Day>4</Day><Month>11</Month><Year>2015</Year>
  </ObservationDateTime>
  <UID><DICOMStudyUID>1.2.840.113619.2.235.1</DICOMStudyUID></UID>
  <ClinicalInfo>
    <ReasonForStudy/>
    <Technician><FamilyName>Tek</FamilyName><GivenName>Nina</GivenName><PersonID>T-77</PersonID></Technician>
    <DeviceInfo><Desc>CardioSoft</Desc><SoftwareVer>6.73</SoftwareVer><AnalysisVer>12SL</AnalysisVer></DeviceInfo>
  </ClinicalInfo>
  <PatientVisit>
    <AssignedPatientLocation>
      <Facility>North Clinic</Facility><LocationNumber>12</LocationNumber><LocationName>WARD9</LocationName>
    </AssignedPatientLocation>
    <PatientRoom>R17B</PatientRoom>
    <ReferringDoctor><FamilyName>Arzt</FamilyName><GivenName/><PersonID>D-5512</PersonID></ReferringDoctor>
    <ServicingFacility><Name>Imaging Centre</Name><Address><Street1>1 Main St</Street1><City>Bath</City></Address>
    </ServicingFacility>
    <SysBP units="mmHg">135</SysBP><DiaBP units="mmHg">80</DiaBP>
    <OrderNumber>ORD-991</OrderNumber>
  </PatientVisit>
  <PatientInfo>
    <PID>1000037</PID>
    <Name><FamilyName>Ro\xdfberg</FamilyName><GivenName>Eva Maria</GivenName></Name>
    <Age units="Years">61</Age>
    <BirthDateTime><Day>3</Day><Month>2</Month><Year>1954</Year></BirthDateTime>
    <Gender>Female</Gender><Race>Caucasian</Race>
  </PatientInfo>
  <FilterSetting>
    <CubicSpline>yes</CubicSpline><Filter50Hz>yes</Filter50Hz><Filter60Hz>no</Filter60Hz>
    <LowPass units="Hz">100</LowPass><HighPass units="Hz">0.01</HighPass>
  </FilterSetting>
  <Device-Type>CASE</Device-Type>
"""
RESULTS = """
  <Interpretation>
    <Diagnosis><DiagnosisText>Sinus rhythm</DiagnosisText><DiagnosisText>Normal ECG</DiagnosisText></Diagnosis>
    <Conclusion><ConclusionText/></Conclusion>
  </Interpretation>
  <RestingECGMeasurements>
    <DiagnosisVersion>12SL</DiagnosisVersion>
    <VentricularRate units="BPM">64</VentricularRate>
    <PQInterval units="ms">160</PQInterval>
    <PDuration units="ms">0</PDuration>
    <QTCInterval units="ms">420</QTCInterval>
    <SokolovLVHIndex units="mV">1.5</SokolovLVHIndex>
    <RAxis units="degrees">-30</RAxis>
    <QOnset units="ms">440</QOnset>
    <TOffset units="samples">440</TOffset>
    <QRSNum>11</QRSNum>
    <MeasurementTable Creation="Computed">
      <LeadOrder>I,II,III</LeadOrder>
      <QDuration units="ms">0,22,</QDuration>
      <RAmplitude units="uV">1200,900,0,</RAmplitude>
      <JAmplitude units="mV">0,0.05,-0.02</JAmplitude>
      <JXSlope units="mV/s">1,2,3</JXSlope>
    </MeasurementTable>
    MEDIAN
  </RestingECGMeasurements>
"""


def listed(values: Sequence[int]) -> str:
    """Return numbers as such files list them: commas, broken over lines, a comma at the end."""
    rows = [",".join(map(str, values[start : start + 10])) for start in range(0, len(values), 10)]
    return "\n\t\t" + ",\n\t\t".join(rows) + ",\n\t\t"


def settings_xml(n_leads: int, n_samples: int, *, resolution: str = "1", units: str = "uVperLsb") -> str:
    """Return what comes before the samples."""
    return (
        f'<NumberOfLeads>{n_leads}</NumberOfLeads><SampleRate units="Hz">500</SampleRate>'
        f"<ChannelSampleCountTotal>{n_samples}</ChannelSampleCountTotal>"
        f'<Resolution units="{units}">{resolution}</Resolution>'
    )


def leads_xml(leads: Sequence[str], digital: np.ndarray) -> str:
    """Return one ``WaveformData`` per lead."""
    rows = zip(leads, digital.tolist(), strict=True)
    return "".join(f'<WaveformData lead="{lead}">{listed(row)}</WaveformData>' for lead, row in rows)


def strip_xml(leads: Sequence[str], digital: np.ndarray, **settings: str) -> str:
    """Return the strip of a resting ECG."""
    return f"<StripData>{settings_xml(*digital.shape, **settings)}{leads_xml(leads, digital)}</StripData>"


def full_disclosure_xml(
    leads: Sequence[str], digital: np.ndarray, *, by_seconds: bool, rate: int = 500, count: str = ""
) -> str:
    """Return the full disclosure of a test, a second or a sample of each lead after the other."""
    step = rate if by_seconds else 1
    parts = [digital[:, start : start + step].reshape(-1) for start in range(0, digital.shape[1], step)]
    values = np.concatenate(parts).tolist() if parts else []
    total = f"<SampleCountTotal>{count}</SampleCountTotal>" if count else ""
    return (
        "<FullDisclosure><StartTime><Minute>0</Minute><Second>3</Second></StartTime>"
        f'<NumberOfChannels>{len(leads)}</NumberOfChannels><SampleRate units="Hz">{rate}</SampleRate>'
        f'<Resolution units="uVperLsb">1</Resolution><LeadOrder>{",".join(leads)}</LeadOrder>'
        f"<FullDisclosureData>{total}{listed(values)}</FullDisclosureData></FullDisclosure>"
    )


def cardiosoft_xml(*sections: str, about: str = ABOUT, results: str = RESULTS, median: str = "") -> bytes:
    """Return a whole export."""
    body = about + results.replace("MEDIAN", median) + "".join(sections)
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
    return f"{head}<CardiologyXML>{body}</CardiologyXML>".encode("ISO-8859-1")


def _rest(leads: Sequence[str], digital: np.ndarray) -> bytes:
    median = f"<MedianSamples>{settings_xml(*digital.shape)}{leads_xml(leads, digital)}</MedianSamples>"
    return cardiosoft_xml(strip_xml(leads, digital), median=median)


def _strips(leads: Sequence[str], digital: np.ndarray) -> bytes:
    strip = f"<Strip><Time><Minute>1</Minute></Time>{leads_xml(leads, digital)}</Strip>"
    return cardiosoft_xml(f"<StripData>{settings_xml(*digital.shape)}{strip}</StripData>")


def _full(leads: Sequence[str], digital: np.ndarray) -> bytes:
    return cardiosoft_xml(full_disclosure_xml(leads, digital, by_seconds=True, count=str(digital.size)))


def _fake(make: Callable[[Sequence[str], np.ndarray], bytes]) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        path = folder / "rec.xml"
        path.write_bytes(make(leads, np.rint(signal_mv * 1000).astype(int)))
        return RecordLocation("rec", str(path), "cardiosoft", {})

    return fake


FAKES: dict[str, Fake] = {"rest": _fake(_rest), "strips": _fake(_strips), "full": _fake(_full)}
