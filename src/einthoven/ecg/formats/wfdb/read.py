"""WFDB records, the format of PhysioNet: a text header beside binary signal files.

Formats 16, 24, 32, 61, 80, 160 and 212 (the MAT files of the challenges are format 16) are decoded directly; several
samples per frame, skew and the rarer formats go through the ``wfdb`` package.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence

from einthoven import __version__
from einthoven.ecg.formats.amplitudes import beyond_measure, bounded_by_step
from einthoven.ecg.formats.file_format import FileFormat
from einthoven.ecg.formats.files import read_bytes
from einthoven.ecg.formats.location import RecordLocation
from einthoven.ecg.formats.options import check_options
from einthoven.ecg.formats.wfdb.comments import particulars
from einthoven.ecg.formats.wfdb.direct import is_direct, read_direct
from einthoven.ecg.formats.wfdb.header import MAX_HEADER_BYTES, Header, is_header, parse_header
from einthoven.ecg.formats.wfdb.identity import identifiers
from einthoven.ecg.formats.wfdb.locate import OPTIONS, header_path, locate
from einthoven.ecg.formats.wfdb.segments import read_segments
from einthoven.ecg.formats.wfdb.stored import ChecksumPair, StoredSignal
from einthoven.ecg.record import Provenance, Record
from einthoven.errors import ChecksumError, SignalError

__all__ = ["FORMAT", "read"]


def read(location: RecordLocation, *, with_sha256: bool = True) -> Record:
    """Return the ECG of a WFDB header; standard leads only, in canonical order, in millivolts.

    Parameters
    ----------
    location : RecordLocation
        Options: ``unit`` (mV, uV or V) for leads whose unit the header doesn't say or gives as no voltage;
        ``verify_checksum`` (default true) refuses samples whose 16-bit sum is not the header's, otherwise the
        provenance notes it.
    with_sha256 : bool
        Hash header and signal files into the provenance.

    Raises
    ------
    UnreadableFileError
        Header or signal file missing, truncated, contradictory.
    ChecksumError, LeadError, UnitError, SignalError
        Damaged samples, no standard lead, an amplitude unit that is not a voltage, no samples.
    """
    check_options(location.options, accepted=OPTIONS, reader="wfdb")
    path = header_path(location.path)
    header_bytes = read_bytes(path, limit=MAX_HEADER_BYTES, remedy="a WFDB record needs its .hea file")
    header = parse_header(header_bytes, path=path)
    unit = location.options.get("unit")
    stored = _stored(header, path, unit=None if unit is None else str(unit))
    notes = [
        *_checksum_notes(stored.checksums, path, refuse=location.options.get("verify_checksum", True)),
        *stored.notes,
    ]
    if not bounded_by_step(stored.step_mv) and beyond_measure(stored.signal):
        raise SignalError(f"{path} holds amplitudes beyond all measure: check its gains, or fetch it again")
    about = particulars(header)
    return Record(
        signal=stored.signal,
        leads=stored.leads,
        sampling_rate_hz=header.rate_hz,
        record_id=location.record_id,
        patient_id=location.patient_id or None,
        time=about.time,
        time_kind="unknown" if about.time is None else "naive" if about.time.tzinfo is None else "utc",
        age_years=about.age_years,
        sex=about.sex,
        statements=about.statements,
        provenance=Provenance(
            reader="wfdb",
            reader_version=__version__,
            source_path=path,
            source_sha256=_sha256(header_bytes, *stored.contents) if with_sha256 else "",
            original_unit=stored.unit,
            original_step_mv=stored.step_mv,
            leads_stored=stored.leads,
            notes=(*notes, *about.notes),
        ),
    )


def _stored(header: Header, path: str, *, unit: str | None) -> StoredSignal:
    if header.segments:
        return read_segments(header, path, read_one=functools.partial(_stored, unit=unit))
    if not header.signals:
        raise SignalError(f"{path} describes no signal (annotations only?): name the header of the recording itself")
    if is_direct(header):
        return read_direct(header, path, unit=unit)
    # the package pulls in pandas: only where it is needed
    from einthoven.ecg.formats.wfdb.through_package import read_through_package

    return read_through_package(header, path, unit=unit)


def _checksum_notes(pairs: Sequence[ChecksumPair], path: str, *, refuse: bool) -> list[str]:
    if not any(pair.promised for pair in pairs):  # all 0 or not written: nobody computed them
        return ["header gives no checksums"] if pairs else []
    notes = []
    for file, lead, promised, found in pairs:
        if promised is None or (promised - found) & 0xFFFF == 0:
            continue
        if refuse:
            raise ChecksumError(
                f"{file}: the samples of lead {lead} sum to {found}, {path} promises {promised & 0xFFFF} "
                "(modulo 65536): the file is damaged or was edited; copy it again, or accept it by "
                "options={'verify_checksum': False}"
            )
        notes.append(f"checksum of lead {lead} is {found}, the header promises {promised & 0xFFFF}: accepted on demand")
    return notes


def _sha256(*contents: bytes) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    return digest.hexdigest()


FORMAT = FileFormat(
    name="wfdb",
    title="WFDB (.hea with its signal files)",
    read=read,
    recognises=is_header,
    options=OPTIONS,
    locate=locate,
    identifiers=identifiers,
)
