"""Files per second of each reader beside the package that a user would take instead, same files, one core.

Real files where there are some; else fakes of 10 s, 12 leads, 500 Hz. Ours through ``read`` without a SHA-256, which
the packages don't compute either; it also puts leads in order, converts to millivolts and reads all that a file says.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from einthoven.ecg.formats import FORMATS, RecordLocation, read
from einthoven.ecg.formats.recognition import recognised_format
from measuring import ROOT, machine, pin_to_one_core, real_data, table

sys.path.insert(0, str(ROOT / "tests"))

REAL = {
    "dicom": [
        "formats/dicom/ecgtoolkit_example.dcm",
        "formats/dicom/waveform_ecg.dcm",
        "formats/dicom/cardio_sample.dcm",
    ],
    "muse": ["formats/muse_xml/muse-sinus.xml", "formats/muse_xml/example1.xml"],
    "aecg": ["formats/hl7_aecg/ecgtoolkit_example.xml", "formats/hl7_aecg/subject1_0.xml"],
    "philips": [
        "formats/philips_xml/129DYPRG.XML",
        "formats/philips_xml/3191723_ZZDEMOPTONLY_1-04_orig.xml",
        "formats/philips_xml/2020-5-18_15-48-11.xml",
    ],
    "scp": ["formats/scp_ecg/ecgtoolkit_example.scp"],
    "edf": ["formats/edf/0000050.ECG.edf"],
    "schiller": ["formats/cardiosoft_or_other_xml/schiller_sample.xml"],
    "wfdb": [f"ptb_xl/records500/00000/{number:05d}_hr.hea" for number in range(1, 51)],
}
BATCH_S = 0.3
TURNS = 7


def with_wfdb(path: str) -> object:
    import wfdb

    return wfdb.rdrecord(path.removesuffix(".hea"))


def with_pydicom(path: str) -> object:
    import pydicom

    dataset = pydicom.dcmread(path)
    return [dataset.waveform_array(index) for index in range(len(dataset.WaveformSequence))]


def with_edfio(path: str) -> object:
    import edfio

    return [signal.data for signal in edfio.read_edf(path).signals]


def with_sierraecg(path: str) -> object:
    import sierraecg

    return sierraecg.read_file(path)


def with_ecgdatakit(path: str) -> object:
    from ecgdatakit.parsing import FileParser

    return FileParser().parse(path)


PEERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "wfdb": ("wfdb", with_wfdb),
    "dicom": ("pydicom, waveforms of all groups", with_pydicom),
    "edf": ("edfio", with_edfio),
    "philips": ("sierraecg", with_sierraecg),
}


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    warnings.simplefilter("ignore")
    pin_to_one_core()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in sorted(set(FORMATS) - {"array"}):
            rows += _rows(name, _files(name, Path(folder)))
    head = (
        "Files per second, one core, median of interleaved turns. Real files unless said otherwise; fakes are 10 s, 12 "
        "leads, 500 Hz. The figures of einthoven include lead order, millivolts and everything that the file says of "
        "patient, measurements and statements; no SHA-256 on either side."
    )
    header = ("format", "files", "einthoven, files/s", "peer", "peer, files/s", "ratio")
    print(machine(), f"{head}\n\n{table(header, rows)}", sep="\n\n")


def _files(name: str, folder: Path) -> tuple[str, list[RecordLocation]]:
    if name in REAL:
        paths = [real_data() / path for path in REAL[name]]
        return "real", [RecordLocation(path.stem, str(path), recognised_format(path)) for path in paths]
    from fakes import all_fakes

    samples = np.cumsum(np.random.default_rng(1).integers(-8, 9, (len(all_fakes.leads_of(name)), 5000)), axis=1)
    (folder / name).mkdir()
    kind, fake = next(iter(all_fakes.fakes_of(name).items()))
    return f"fake ({kind})", [fake(folder / name, samples / 1000, all_fakes.leads_of(name))]


def _rows(name: str, files: tuple[str, list[RecordLocation]]) -> list[tuple[str, ...]]:
    kind, locations = files
    rows = []
    peers = [PEERS[name]] if name in PEERS else []
    for peer, run_peer in [*peers, ("ecgdatakit", with_ecgdatakit)]:
        try:
            for location in locations:
                run_peer(location.path)
        except Exception as error:  # noqa: BLE001 - a package that can't read the file is a result, too
            rows.append((name, kind, f"{_rate(lambda: [_ours(one) for one in locations], len(locations)):,.0f}", peer))
            rows[-1] = (*rows[-1], f"refuses: {type(error).__name__}", "")
            continue
        ours, theirs = _interleaved(locations, run_peer)
        rows.append((name, kind, f"{ours:,.0f}", peer, f"{theirs:,.0f}", f"{ours / theirs:.1f} x"))
    return rows


def _ours(location: RecordLocation) -> object:
    return read(location, with_sha256=False)


def _interleaved(locations: list[RecordLocation], run_peer: Callable[[str], object]) -> tuple[float, float]:
    ours, theirs = [], []
    for _ in range(TURNS):
        ours.append(_rate(lambda: [_ours(location) for location in locations], len(locations)))
        theirs.append(_rate(lambda: [run_peer(location.path) for location in locations], len(locations)))
    return statistics.median(ours), statistics.median(theirs)


def _rate(run: Callable[[], object], n_files: int) -> float:
    """Return files per second over a third of a second."""
    run()
    done, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < BATCH_S:
        run()
        done += n_files
    return done / elapsed


if __name__ == "__main__":
    main()
