"""MFER files written definition by definition from the standard's description, without any reader's code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

CODES = {
    "I": 1,
    "II": 2,
    "V1": 3,
    "V2": 4,
    "V3": 5,
    "V4": 6,
    "V5": 7,
    "V6": 8,
    "III": 61,
    "AVR": 62,
    "AVL": 63,
    "AVF": 64,
}


def definition(tag: int, value: bytes = b"", *, channel: int | None = None, indefinite: bool = False) -> bytes:
    """Return tag, length and value; a long length takes the bytes that it needs."""
    start = bytes([tag]) if channel is None else bytes([tag, channel])
    if indefinite:
        return start + b"\x80" + value + b"\0\0"
    if len(value) < 128:
        return start + bytes([len(value)]) + value
    length = len(value).to_bytes(4, "big")
    return start + b"\x84" + length + value


class MferWriter:
    """Writes numbers in one byte order.

    Parameters
    ----------
    little : bool
    """

    def __init__(self, *, little: bool) -> None:
        self.order = "little" if little else "big"

    def number(self, value: int, width: int) -> bytes:
        """Return a signed number."""
        return int(value).to_bytes(width, self.order, signed=True)

    def preamble(self) -> bytes:
        """Return preamble and byte order."""
        return definition(0x40, b"MFR Standard 12 leads ECG") + definition(0x01, bytes([self.order == "little"]))

    def sampling(self, *, rate: int = 500, step_uv: int = 1) -> bytes:
        """Return rate in Hz and step in microvolts, as mantissa and power of ten."""
        return definition(0x0B, b"\0\0" + self.number(rate, 4)) + definition(0x0C, b"\0\xfa" + self.number(step_uv, 2))

    def patient(self) -> bytes:
        """Return a woman born in 1951, recorded in 2021, and the device."""
        number = self.number
        content = definition(0x17, b"Nihon^ECG-9^2.1^SN12345") + definition(0x81, b"Haagse^Harry")
        content += definition(0x82, b"P-17^ward") + definition(0x84, b"\x02")
        content += definition(0x83, b"\x46" + number(0, 2) + number(1951, 2) + b"\x05\x02")
        time = number(2021, 2) + bytes([8, 2, 11, 12, 13]) + number(250, 2) + number(500, 2)
        return content + definition(0x85, time) + definition(0x11, b"HPF=0.05") + definition(0x11, b"BEF=50^hum")

    def leads(self, leads: Sequence[str], *, indefinite: bool = False, code_bytes: int = 2) -> bytes:
        """Return the number of channels, and the lead of each."""
        content = definition(0x05, self.number(len(leads), 4))
        for channel, lead in enumerate(leads):
            code = definition(0x09, self.number(CODES[lead.upper()], code_bytes))
            content += definition(0x3F, code, channel=channel, indefinite=indefinite)
        return content

    def frame(self, digital: np.ndarray, *, block: int | None = None, width: int = 2) -> bytes:
        """Return layout and data of (channel, sample) in blocks."""
        n_samples = digital.shape[1]
        block = block or n_samples
        data = b"".join(
            self.number(value, width)
            for begin in range(0, n_samples, block)
            for row in digital
            for value in row[begin : begin + block]
        )
        layout = definition(0x04, self.number(block, 4)) + definition(0x06, self.number(n_samples // block, 4))
        return layout + definition(0x1E, data)


END = definition(0x80)


def _fake(
    *,
    little: bool,
    block: int | None = None,
    n_frames: int = 1,
    indefinite: bool = False,
    width: int = 2,
    code_bytes: int = 2,
) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        digital = np.rint(signal_mv * 1000).astype(int)
        writer = MferWriter(little=little)
        content = writer.preamble() + writer.patient() + writer.sampling()
        content += definition(0x0A, b"\x02") if width == 4 else b""
        content += writer.leads(leads, indefinite=indefinite, code_bytes=code_bytes)
        cuts = np.array_split(np.arange(digital.shape[1]), n_frames)
        content += b"".join(writer.frame(digital[:, cut], block=block, width=width) for cut in cuts) + END
        path = folder / "rec.mwf"
        path.write_bytes(content)
        return RecordLocation("rec", str(path), "mfer", {})

    return fake


FAKES: dict[str, Fake] = {
    "little": _fake(little=True),
    "big": _fake(little=False, code_bytes=1),
    "interleaved": _fake(little=True, block=1),
    "frames": _fake(little=True, n_frames=3),
    "indefinite": _fake(little=False, indefinite=True),
    "int32": _fake(little=True, width=4),
}
