"""The ECGs that pretraining may see: all real ones of EINTHOVEN_REAL_DATA and simulated ones, in one store.

Every record has a patient: that of PTB-XL for ``ptb_xl``, its arrays and the challenge's ``HR`` files (whose number is
the ECG's), else the source's own, else one of its own. The spec takes records without unit, for the arrays lost theirs.
"""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from einthoven.cohort.sources.code15 import Code15
from einthoven.cohort.sources.sph import Sph
from einthoven.ecg.formats import RecordLocation, locate
from einthoven.ecg.formats.search import search_folder
from einthoven.ecg.input_spec import FilterSpec, IngestSpec
from einthoven.ecg.leads import STANDARD_LEADS
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from measuring import real_data
from pretraining_simulated import simulated_locations, simulated_truth, write_simulated

__all__ = ["ARRAYS", "SPEC", "SUPERCLASSES", "RunFolder", "array_labels", "ingested", "real_locations"]

ARRAYS = "ptb_xl_arrays_100hz"
SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
SPEC = IngestSpec(unit="arbitrary", rate_hz=100.0, filter=FilterSpec(low_hz=0.5, high_hz=40.0))
"""What the arrays were made with; millivolts of the others are kept beside, and no model sees them."""
SHORTEST_S = 5.0
SIMULATION_SEED = 2026


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where the pieces of a run lie."""

    path: Path

    @property
    def store(self) -> Path:
        """Prepared signals of all ECGs."""
        return self.path / "store"

    @property
    def simulated(self) -> Path:
        """Signals of simulated ECGs, removed once they are in the store, and their labels."""
        return self.path / "simulated"


def ingested(run: RunFolder, *, simulated: int, processes: int) -> Store:
    """Return the store, made where it isn't there yet; about five minutes on two cores."""
    truth = run.path / "simulated_truth.parquet"
    if not (run.store / "rejected.parquet").is_file():
        write_simulated(run.simulated, count=simulated, seed=SIMULATION_SEED, processes=processes)
        simulated_truth(run.simulated, count=simulated).write_parquet(truth)
        locations = [*real_locations(), *simulated_locations(run.simulated, count=simulated)]
        ingest(locations, run.store, spec=SPEC, workers=processes, measure_quality=False)
        shutil.rmtree(run.simulated)
    return Store.open(run.store)


def real_locations() -> list[RecordLocation]:
    """Return every real ECG, in all folders; ``ptb_xl`` at 500 Hz alone, for its 100 Hz files are the same ECGs."""
    return [*_ptb_xl(), *_arrays(), *_found("ludb"), *_found("cinc2011"), *_cinc(), *_sph(), *_code15(), *_formats()]


@cache
def array_labels() -> pl.DataFrame:
    """Return ``record_id``, ``patient_id`` and ``y.<superclass>`` of the arrays, in their order."""
    table = pl.read_csv(real_data() / ARRAYS / "labels.csv", infer_schema_length=None)
    return table.select(
        record_id=ARRAYS + "/" + pl.col("ecg_id").cast(pl.String),
        patient_id="ptb_xl:" + pl.col("patient_id").cast(pl.Float64).cast(pl.Int64).cast(pl.String),
        **{f"y.{name}": pl.col(f"super_{name}").cast(pl.Float32) for name in SUPERCLASSES},
    )


def _ptb_xl() -> Iterator[RecordLocation]:
    folder = real_data() / "ptb_xl"
    for location in locate(folder / "records500"):
        number = int(location.record_id.partition("_")[0])
        yield _named("ptb_xl", str(number), location, _patient_of_ptb_xl(number))


def _arrays() -> Iterator[RecordLocation]:
    options = {
        "axes": "record,sample,lead", "rate_hz": 100.0, "unit": "arbitrary", "scale": 0.004,
        "leads": list(STANDARD_LEADS),
    }  # fmt: skip
    path = str(real_data() / ARRAYS / "signals_int16.npy")
    rows = array_labels().select("record_id", "patient_id").iter_rows()
    for row, (record_id, patient_id) in enumerate(rows):
        yield RecordLocation(record_id, path, "array", {**options, "row": row}, patient_id=patient_id)


def _found(name: str) -> Iterator[RecordLocation]:
    for location in locate(real_data() / name):
        yield _named(name, location.record_id, location)


def _cinc() -> Iterator[RecordLocation]:
    for name in ("cinc2021_samples", "multi_source"):
        for location in locate(real_data() / name):
            stem = Path(location.path).stem
            known = stem.startswith("HR")
            yield _named(name, stem, location, _patient_of_ptb_xl(int(stem[2:])) if known else "")


def _sph() -> Iterator[RecordLocation]:
    for location in Sph(str(real_data() / "multi_source" / "SPH")).load().locations:
        yield _named("multi_source", location.record_id, location, f"sph:{location.patient_id}")


def _code15() -> Iterator[RecordLocation]:
    for location in Code15(str(real_data() / "code15")).load().locations:
        yield _named("code15", location.record_id, location, f"code15:{location.patient_id}")


def _formats() -> Iterator[RecordLocation]:
    """Yield what is recognised by its content; what isn't, or has fewer leads, ingest lists with its reason."""
    folder = real_data() / "formats"
    for location in search_folder(folder, options={}).locations:
        yield _named("formats", f"{Path(location.path).parent.name}/{Path(location.path).name}", location)


def _named(source: str, name: str, location: RecordLocation, patient: str = "") -> RecordLocation:
    record_id = f"{source}/{name}"
    return RecordLocation(
        record_id, location.path, location.format, location.options, patient_id=patient or f"one:{record_id}"
    )


def _patient_of_ptb_xl(number: int) -> str:
    return f"ptb_xl:{_patients()[number]}"


@cache
def _patients() -> dict[int, int]:
    """Return the patient of each of PTB-XL's 21,799 ECGs, and of those that were withdrawn from it."""
    folder = real_data()
    packed = (folder / "ptb_xl_labels" / "ptbxl_labels_71statements.csv.gz").read_bytes()
    patients: dict[int, int] = {}
    for content in (gzip.decompress(packed), (folder / "ptb_xl" / "ptbxl_database.csv").read_bytes()):
        table = pl.read_csv(io.BytesIO(content), columns=["ecg_id", "patient_id"], infer_schema=False)
        patients |= {int(ecg): int(float(patient)) for ecg, patient in table.iter_rows()}
    return patients
