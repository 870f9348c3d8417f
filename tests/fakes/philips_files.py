"""Sierra ECG XML files written from Philips' schemas, with an XLI compressor of their own."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake
from fakes.wfdb_files import STANDARD

NAMESPACE = "http://www3.medical.philips.com"
END = 1023


def lzw_codes(content: bytes) -> list[int]:
    """Return the codes of an LZW compressor whose table holds the codes 0 to 1022."""
    table = {bytes((value,)): value for value in range(256)}
    codes, current = [], b""
    for value in content:
        longer = current + bytes((value,))
        if longer in table:
            current = longer
            continue
        codes.append(table[current])
        if len(table) < END:
            table[longer] = len(table)
        current = bytes((value,))
    return [*codes, table[current]] if current else codes


def packed(codes: Sequence[int]) -> bytes:
    """Return 10-bit codes, most significant bit first, filled up with zeros."""
    bits = "".join(f"{code:010b}" for code in codes)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def xli_chunk(samples: Sequence[int]) -> bytes:
    """Return one lead: size, a one, the first second difference, then the codes."""
    values = [int(value) for value in samples]
    seconds = [2 * b - a - c for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    words = [*values[:2], *(second + 64 for second in seconds[1:]), 64][: len(values)]
    halves = bytes(word >> 8 & 0xFF for word in words) + bytes(word & 0xFF for word in words)
    codes = packed([*lzw_codes(halves), END])
    return struct.pack("<ihh", len(codes), 1, seconds[0] if seconds else 0) + codes


def limb_differences(digital: np.ndarray) -> np.ndarray:
    """Return the twelve leads with III, aVR, aVL and aVF as differences from what I and II give."""
    stored = np.array(digital, dtype=np.int64)
    one, two, three, right, left, foot = (row.copy() for row in stored[:6])
    stored[2] = two - one - three
    stored[3] = -right - np.floor_divide(one + two, 2)
    stored[4] = np.floor_divide(one - three, 2) - left
    stored[5] = np.floor_divide(two + three, 2) - foot
    return stored


def xli(digital: np.ndarray, *, spare: int = 0) -> bytes:
    """Return all leads one after the other; ``spare`` channels of zeros follow, as recorders write them."""
    rows = limb_differences(digital) if len(digital) >= 12 else digital
    rest = [xli_chunk([0] * digital.shape[1])] * spare
    return b"".join([*(xli_chunk(row) for row in rows), *rest])


def in_standard_order(digital: np.ndarray, leads: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return rows and names as recorders order them, whatever the case of the names."""
    order = sorted(range(len(leads)), key=lambda row: [lead.lower() for lead in STANDARD].index(leads[row].lower()))
    return digital[order], [leads[row] for row in order]


def write_philips(
    folder: Path,
    *,
    digital: np.ndarray,
    leads: Sequence[str] = STANDARD,
    version: str = "1.04",
    kind: str = "PhilipsECG",
    compression: str = "XLI",
    plain: bool = False,
    samples: bytes | str | None = None,
    duration_ms: str | None = None,
    encoding: str = "utf-8",
    attributes: str = "",
    acquisition: str = "",
    more: str = "",
    beats: str = "",
    resolution: str = "1",
    name: str = "rec.xml",
) -> Path:
    """Write one file; in 1.03 the leads have no names. ``samples`` replaces what would stand for the leads."""
    digital = np.asarray(digital)
    if compression == "XLI":
        digital, leads = in_standard_order(digital, leads)
    if samples is None and plain:
        samples = " ".join(str(value) for value in digital.reshape(-1))
    elif samples is None:
        samples = xli(digital, spare=4) if compression else digital.astype("<i2").tobytes()
    if isinstance(samples, bytes):
        words = base64.b64encode(samples).decode()
        samples = "\n".join(words[at : at + 76] for at in range(0, len(words), 76))
    how = "Plain" if plain else "Base64"
    duration = duration_ms or f"{digital.shape[1] * 2}"
    if version == "1.03":
        described = f'compressflag="{bool(compression)}" compressmethod="{compression or "XLI"}" nbitspersample="16"'
        signal = f"<signalresolution>{resolution}</signalresolution><signalbandwidth>0.05-150</signalbandwidth>"
        signal += "<acquisitiontype>STD-12</acquisitiontype>"
    else:
        described = f'compression="{compression}" ' if compression else ""
        described += f'numberofleads="{len(leads)}" leadlabels="{" ".join(leads)}" samplespersecond="500" '
        described += f'resolution="{resolution}" signalsigned="True" bitspersample="16" hipass="0.05" lowpass="150" '
        described += 'notchfiltered="True" notchfilterfreqs="60 120"'
        signal = "<resolution>5</resolution><acquisitiontype>10-WIRE</acquisitiontype>"
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<restingecgdata xmlns="{NAMESPACE}" status="Confirmed" lang="en">
  <documentinfo>
    <documentname>1c0c9a70-0549-11df-4823-000738300029.xml</documentname>
    <documenttype>{kind}</documenttype><documentversion>{version}</documentversion>
  </documentinfo>
  {acquisition or '<dataacquisition date="2021-03-04" time="05:06:07">'}
    <signalcharacteristics><samplingrate>500</samplingrate>{signal}
      <numberchannelsallocated>{len(leads)}</numberchannelsallocated></signalcharacteristics>
  </dataacquisition>
  {more}
  <waveforms>
    <parsedwaveforms dataencoding="{how}" {described} durationperchannel="{duration}" {attributes}>
{samples}
</parsedwaveforms>{beats}
  </waveforms>
</restingecgdata>
"""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def _fake(version: str, compression: str, *, plain: bool = False, encoding: str = "utf-8") -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        digital = np.rint(np.asarray(signal_mv) * 1000).astype(int)
        path = write_philips(
            folder,
            digital=digital,
            leads=leads,
            version=version,
            compression=compression,
            plain=plain,
            encoding=encoding,
        )
        return RecordLocation("rec", str(path), "philips", {})

    return fake


FAKES: dict[str, Fake] = {
    "1.04-xli": _fake("1.04", "XLI"),
    "1.04.01-xli-utf16": _fake("1.04.01", "XLI", encoding="utf-16"),
    "1.04-uncompressed": _fake("1.04", ""),
    "1.04.02-plain": _fake("1.04.02", "", plain=True),
}
