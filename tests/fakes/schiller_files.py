"""SchillerEDI files written element by element, in the order of a recorder's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake
from fakes.wfdb_files import STANDARD

PATIENT = (
    "<id>PID-1</id><lastname>Doe</lastname><firstname>Jane</firstname><birthdate>19710304</birthdate>"
    "<gender>FEMALE</gender><ethnic>UNDEFINED</ethnic>"
)


def block(
    kind: str,
    digital: np.ndarray,
    leads: Sequence[str],
    *,
    rate: str = "500",
    exponent: str = "1",
    worth: str = "1.0",
    units: str = "UV",
    values: str = "",
    counts: Sequence[int] | None = None,
) -> str:
    """Return one wavedata element; ``values`` stand in its first channel, ``counts`` are declared for each."""
    channels = []
    for row, (lead, samples) in enumerate(zip(leads, digital, strict=True)):
        data = "".join(f"{value}," for value in samples)
        count = len(samples) if counts is None else counts[row]
        channels.append(
            f"<channel>\n{values if row == 0 else ''}<name>{lead}</name>\n<data>{data}</data>\n"
            f"<datastype>COMMASEPARATE</datastype>\n<samplecount>{count}</samplecount>\n</channel>\n"
        )
    return (
        f"<wavedata>\n<type>{kind}</type>\n<resolution>\n<samplerate><exponent>{exponent}</exponent>"
        f"<value>{rate}</value></samplerate>\n<yres><unitperbit>{worth}</unitperbit><units>{units}</units></yres>\n"
        f"</resolution>\n{''.join(channels)}<channelconfiguration>ECG_STANDARD</channelconfiguration>\n</wavedata>\n"
    )


def write_schiller(
    folder: Path,
    blocks: str,
    *,
    patient: str = PATIENT,
    start: tuple[str, str] = ("20210304", "050607250"),
    exam: str = "",
    event: str = "",
    name: str = "rec.xml",
) -> Path:
    """Write one file with these blocks of waves in its one event."""
    path = folder / name
    path.write_text(
        f"""<?xml version="1.0"?>
<com.xiriuz.sema.xml.schillerEDI.SchillerEDI>
<patdata>
{patient}
</patdata>
<examdescript>
<startdatetime>
<date>{start[0]}</date>
<time>{start[1]}</time>
</startdatetime>
<rectype>RESTING_ECG</rectype>
{exam}
<aquiringdevice>
<hardware><vendor>Schiller</vendor><type>EmbeddedECG</type><model>AT-10P</model><serialnum>SN-9</serialnum></hardware>
<software><vendor>Schiller</vendor><version>252</version></software>
</aquiringdevice>
</examdescript>
<eventdata>
<event>
<offset>0</offset>
<reason>END_RECORD</reason>
<step>0</step>
{blocks}{event}
</event>
</eventdata>
</com.xiriuz.sema.xml.schillerEDI.SchillerEDI>
""",
        encoding="utf-8",
    )
    return path


def _fake(units: str, worth: str) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str] = STANDARD) -> RecordLocation:
        digital = np.rint(np.asarray(signal_mv) * 1000).astype(int)
        averages = block("ECG_AVERAGES", digital[:, :40], leads, units=units, worth=worth)
        rhythm = block("ECG_RHYTHMS", digital, leads, units=units, worth=worth)
        return RecordLocation("rec", str(write_schiller(folder, averages + rhythm)), "schiller", {})

    return fake


FAKES: dict[str, Fake] = {
    "microvolts": _fake("UV", "1.0"),
    "millivolts": _fake("MV", "0.001"),
}
