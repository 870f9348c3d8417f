"""SCP-ECG records written byte by byte from the description of EN 1064, with neither reader's nor writer's code."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import RecordLocation
from fakes.fake_format import Fake

CODES = {"i": 1, "ii": 2, **{f"v{k}": k + 2 for k in range(1, 7)}, "iii": 61, "avr": 62, "avl": 63, "avf": 64}
STEP_NV = 1000
INTERVAL_US = 2000


def crc(content: bytes) -> int:
    """Return the CRC-CCITT, bit by bit."""
    register = 0xFFFF
    for octet in content:
        register ^= octet << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register


def with_crc(content: bytes) -> bytes:
    """Return the content behind its checksum."""
    return struct.pack("<H", crc(content)) + content


def section_bytes(number: int, body: bytes, *, protocol: int = 20, reserved: bytes = bytes(6)) -> bytes:
    """Return a section with its header, of even length."""
    body += bytes(len(body) % 2)
    return with_crc(struct.pack("<HIBB6s", number, 16 + len(body), protocol, protocol, reserved) + body)


def record_bytes(bodies: Mapping[int, bytes], *, protocol: int = 20) -> bytes:
    """Return a record with the sections whose bodies are given, and section 0 that points to all of 0 to 11."""
    listed = sorted({*range(12), *bodies})
    pointers, sections, index = b"", b"", 1 + 6 + 16 + 10 * len(listed)
    for number in listed:
        if number == 0:
            pointers += struct.pack("<HII", 0, 16 + 10 * len(listed), 7)
        elif number in bodies:
            section = section_bytes(number, bodies[number], protocol=protocol)
            pointers += struct.pack("<HII", number, len(section), index)
            sections += section
            index += len(section)
        else:
            pointers += struct.pack("<HII", number, 0, 0)
    first = section_bytes(0, pointers, protocol=protocol, reserved=b"SCPECG")
    return with_crc(struct.pack("<I", 6 + len(first) + len(sections)) + first + sections)


def repaired(content: bytes) -> bytes:
    """Return a record whose checksums fit again, after bytes of it were changed; pointers must lead somewhere."""
    changed = bytearray(content)
    (length,) = struct.unpack_from("<I", changed, 10)
    for at in range(22, 6 + length - 9, 10):
        _, size, index = struct.unpack_from("<HII", changed, at)
        if size >= 16 and index > 7 and index - 1 + size <= len(changed):
            struct.pack_into("<H", changed, index - 1, crc(bytes(changed[index + 1 : index - 1 + size])))
    struct.pack_into("<H", changed, 6, crc(bytes(changed[8 : 6 + length])))
    struct.pack_into("<H", changed, 0, crc(bytes(changed[2:])))
    return bytes(changed)


def tag_bytes(tag: int, content: bytes) -> bytes:
    """Return one tag of section 1."""
    return struct.pack("<BH", tag, len(content)) + content


def machine_bytes(
    *, model: bytes = b"", protocol: int = 20, language: int = 0, texts: Sequence[bytes] = (b"",) * 5
) -> bytes:
    """Return the identification of a machine, tags 14 and 15."""
    head = struct.pack("<HHHBB6sBBBBB", 0, 0, 0, 0, 255, model, protocol, 0x90, language, 0, 0)
    return head + bytes(16) + bytes([len(texts[0]) + 1]) + b"".join(text + b"\0" for text in texts)


def patient_body(tags: Sequence[tuple[int, bytes]] = ((2, b"P1\0"),), *, protocol: int = 20) -> bytes:
    """Return section 1: the tags, the machine, the end."""
    tags = tags if any(tag == 14 for tag, _ in tags) else [*tags, (14, machine_bytes(protocol=protocol))]
    return b"".join(tag_bytes(tag, content) for tag, content in tags) + tag_bytes(255, b"")


def leads_body(codes: Sequence[int], ranges: Sequence[tuple[int, int]], *, flags: int | None = None) -> bytes:
    """Return section 3; by default all leads were recorded at once."""
    flags = 4 | min(len(codes), 31) << 3 if flags is None else flags
    entries = (struct.pack("<IIB", *span, code) for code, span in zip(codes, ranges, strict=True))
    return bytes([len(codes), flags]) + b"".join(entries)


def beats_body(
    beat_ms: int,
    fiducial: int,
    complexes: Sequence[tuple[int, int, int, int]],
    protected: Sequence[tuple[int, int]] = (),
) -> bytes:
    """Return section 4: (kind, first, fiducial, last) of each complex, then the protected zones."""
    body = struct.pack("<HHH", beat_ms, fiducial, len(complexes))
    body += b"".join(struct.pack("<HIII", *entry) for entry in complexes)
    return body + b"".join(struct.pack("<II", *zone) for zone in protected)


def samples_body(
    streams: Sequence[bytes],
    *,
    difference: int = 0,
    bimodal: int = 0,
    step_nv: int = STEP_NV,
    interval_us: int = INTERVAL_US,
) -> bytes:
    """Return section 5 or 6."""
    sizes = struct.pack(f"<{len(streams)}H", *(len(stream) for stream in streams))
    return struct.pack("<HHBB", step_nv, interval_us, difference, bimodal) + sizes + b"".join(streams)


def differences(samples: Sequence[int], order: int) -> list[int]:
    """Return samples, or their first or second differences, sample by sample, in 16 bits."""
    found = []
    for k, sample in enumerate(samples):
        predicted = 0
        if order == 1 and k > 0:
            predicted = samples[k - 1]
        elif order == 2 and k > 1:
            predicted = 2 * samples[k - 1] - samples[k - 2]
        found.append((int(sample - predicted) + 32768) % 65536 - 32768)
    return found


def raw_stream(values: Sequence[int]) -> bytes:
    """Return values as they are, 16 bits each."""
    return b"".join(struct.pack("<h", value) for value in values)


def _packed(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[k : k + 8], 2) for k in range(0, len(bits), 8))


def _binary(value: int, width: int) -> str:
    return format(value & ((1 << width) - 1), f"0{width}b")


def default_stream(values: Sequence[int]) -> bytes:
    """Return values in the standard's own Huffman table."""
    words = []
    for value in values:
        if value == 0:
            words.append("0")
        elif abs(value) <= 8:
            words.append("1" * abs(value) + "0" + ("1" if value < 0 else "0"))
        elif -128 <= value <= 127:
            words.append("1111111110" + _binary(value, 8))
        else:
            words.append("1111111111" + _binary(value, 16))
    return _packed("".join(words))


DEFAULT_TABLE = struct.pack("<H", 19999)
# (prefix, bits of a number behind it, mode, base value): mode 0 switches to the table that the base value numbers
OWN_TABLES = (
    (("0", 0, 1, 0), ("10", 0, 0, 2), ("110", 8, 1, 0), ("111", 16, 1, 0)),
    (
        ("00", 0, 1, 1),
        ("01", 0, 1, -1),
        ("10", 8, 1, 100),
        ("110", 16, 1, 0),
        ("1110", 0, 0, 1),
        ("11110000000001", 0, 1, 7),
    ),
)


def own_tables_body(tables: Sequence[Sequence[tuple[str, int, int, int]]] = OWN_TABLES) -> bytes:
    """Return section 2 with tables of one's own."""
    body = struct.pack("<H", len(tables))
    for table in tables:
        body += struct.pack("<H", len(table))
        for prefix, extra, mode, base in table:
            code = int(prefix[::-1], 2) if prefix else 0
            body += struct.pack("<BBBhI", len(prefix), len(prefix) + extra, mode, base, code)
    return body


def own_stream(values: Sequence[int]) -> bytes:
    """Return values in the tables above, switching from one to the other and back."""
    words, table = [], 1
    for k, value in enumerate(values):
        if k % 7 == 3:
            words.append("10" if table == 1 else "1110")
            table = 3 - table
        if table == 1:
            near = "110" + _binary(value, 8) if -128 <= value <= 127 else "111" + _binary(value, 16)
            words.append("0" if value == 0 else near)
        elif value in (1, -1, 7):
            words.append({1: "00", -1: "01", 7: "11110000000001"}[value])
        elif -28 <= value <= 227:
            words.append("10" + _binary(value - 100, 8))
        else:
            words.append("110" + _binary(value, 16))
    return _packed("".join(words))


def plain_sections(digital: np.ndarray, leads: Sequence[str], *, protocol: int = 20) -> dict[int, bytes]:
    """Return the bodies of an uncompressed record of whole microvolts at 500 Hz."""
    n_samples = digital.shape[1]
    return {
        1: patient_body(protocol=protocol),
        3: leads_body([CODES[lead.lower()] for lead in leads], [(1, n_samples)] * len(leads)),
        6: samples_body([raw_stream(row) for row in digital.tolist()]),
    }


def _plain(digital: np.ndarray, leads: Sequence[str]) -> bytes:
    return record_bytes(plain_sections(digital, leads))


def _version(protocol: int) -> Callable[[np.ndarray, Sequence[str]], bytes]:
    def encode(digital: np.ndarray, leads: Sequence[str]) -> bytes:
        return record_bytes(plain_sections(digital, leads, protocol=protocol), protocol=protocol)

    return encode


def coded(
    order: int, stream: Callable[[Sequence[int]], bytes], tables: bytes | None = None
) -> Callable[[np.ndarray, Sequence[str]], bytes]:
    """Return an encoder that takes differences and codes them."""

    def encode(digital: np.ndarray, leads: Sequence[str]) -> bytes:
        sections = plain_sections(digital, leads)
        sections[6] = samples_body([stream(differences(row, order)) for row in digital.tolist()], difference=order)
        return record_bytes(sections | ({2: tables} if tables else {}))

    return encode


def subtracted(digital: np.ndarray, leads: Sequence[str]) -> bytes:
    """Return a record whose reference beat (in units of 3 uV) was taken off at every second of its complexes."""
    beat = np.random.default_rng(3).integers(-200, 200, (len(leads), 20))
    residual = digital.copy()
    complexes = []
    for k, fiducial in enumerate(range(15, digital.shape[1] - 10, 15)):
        first, last = fiducial - 6, fiducial + 7
        complexes.append((k % 2, first, fiducial, last))
        if k % 2 == 0:  # of the reference beat's kind; its 9th sample lies on the fiducial
            residual[:, first - 1 : last] -= 3 * beat[:, 9 - 1 - 6 : 9 + 7]
    sections = plain_sections(digital, leads)
    sections[2] = DEFAULT_TABLE
    sections[3] = leads_body(
        [CODES[lead.lower()] for lead in leads], [(1, digital.shape[1])] * len(leads), flags=5 | len(leads) << 3
    )
    sections[4] = beats_body(40, 9, complexes, [(first, last) for _, first, _, last in complexes])
    streams = [default_stream(differences(row, 1)) for row in beat.tolist()]
    sections[5] = samples_body(streams, difference=1, step_nv=3 * STEP_NV)
    sections[6] = samples_body([default_stream(differences(row, 2)) for row in residual.tolist()], difference=2)
    return record_bytes(sections)


def all_protected(digital: np.ndarray, leads: Sequence[str]) -> bytes:
    """Return a record of bimodal compression all of which is one protected zone, so that nothing is decimated."""
    sections = plain_sections(digital, leads)
    span = (1, digital.shape[1])
    sections[4] = beats_body(40, 9, [(1, 10, 15, 20)], [span])
    sections[5] = samples_body([raw_stream([0] * 20)] * len(leads))
    sections[6] = samples_body([raw_stream(row) for row in digital.tolist()], bimodal=1, interval_us=4 * INTERVAL_US)
    return record_bytes(sections)


def _fake(encode: Callable[[np.ndarray, Sequence[str]], bytes]) -> Fake:
    def fake(folder: Path, signal_mv: np.ndarray, leads: Sequence[str]) -> RecordLocation:
        path = folder / "rec.scp"
        path.write_bytes(encode(np.rint(signal_mv * 1000).astype(int), leads))
        return RecordLocation("rec", str(path), "scp", {})

    return fake


FAKES: dict[str, Fake] = {
    "plain": _fake(_plain),
    "version-1.0": _fake(_version(10)),
    "version-3.0": _fake(_version(30)),
    "first-differences": _fake(coded(1, raw_stream)),
    "second-differences": _fake(coded(2, raw_stream)),
    "default-huffman": _fake(coded(2, default_stream, DEFAULT_TABLE)),
    "own-huffman": _fake(coded(1, own_stream, own_tables_body())),
    "16-bit-table": _fake(coded(0, raw_stream, own_tables_body([[("", 16, 1, 0)]]))),
    "reference-beat": _fake(subtracted),
    "bimodal-all-protected": _fake(all_protected),
}
