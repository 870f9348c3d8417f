"""The cohort stage: tables become a cohort with its flow, its audit and all that had to be left out, in one folder."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from einthoven.cohort.audit import SignalAccess, audit, write_audit
from einthoven.cohort.build import BuiltCohort, build_cohort
from einthoven.cohort.flow import write_flow
from einthoven.cohort.simulated import simulation_of
from einthoven.cohort.sources.source import SourceData
from einthoven.cohort.split import require_both_classes
from einthoven.cohort.summary import summarise
from einthoven.errors import CohortError
from einthoven.progress import ProgressCallback
from einthoven.store.store import Store
from einthoven.study.settings import StudySettings
from einthoven.study.stage import hash_of

__all__ = [
    "COHORT",
    "CohortFolder",
    "labels_of",
    "load_sources",
    "make_cohort",
    "outcome_rows",
    "signal_access",
    "sources_hash",
    "split_file_hash",
]

COHORT = "cohort.parquet"
FITTED = ("train", "validation")
VERSION = 1
NOTE = "note: "
MOST_REASONS = 12


@dataclass(frozen=True, slots=True)
class CohortFolder:
    """What was made, and where."""

    built: BuiltCohort
    folder: Path
    files: tuple[str, ...]


def load_sources(settings: StudySettings, announce: Any) -> dict[str, SourceData]:
    """Read the tables of every source."""
    cohort = settings.cohort
    loaded: dict[str, SourceData] = {}
    for name, section in settings.data.items():
        announce(f"Reading the tables of {name}")
        own = section.role == "pretrain"  # such data need none of the study's labels
        labels, auxiliary = (section.labels, ()) if own else (cohort.labels, cohort.auxiliary_labels)
        data = section.settings.load(labels, auxiliary)
        simulated = data.simulated or simulation_of([Path(section.settings.path)])
        loaded[name] = replace(data, numbering=section.patient_numbering, simulated=simulated)
    return loaded


def labels_of(settings: StudySettings, sources: Mapping[str, SourceData]) -> tuple[str, ...]:
    """Return the yes and no outcomes of the study: by rule, then from the ECGs' statements, which all sources share.

    Raises
    ------
    CohortError
        When sources differ in their labels.
    """
    sets = [data.labels for name, data in sources.items() if settings.data[name].role != "pretrain"]
    if any(set(found) != set(sets[0]) for found in sets):
        raise CohortError(f"all sources must have the same labels, got {sets}; list them in cohort.labels")
    by_rule = [name for name, task in settings.cohort.tasks.items() if task.kind == "binary"]
    return tuple(dict.fromkeys([*by_rule, *(sets[0] if sets else ())]))


def outcome_rows(settings: StudySettings, table: pa.Table) -> pa.Table:
    """Return the rows of a cohort that outcomes are learnt from and judged on: all but those for pretraining alone."""
    serving = [name for name, section in settings.data.items() if section.role == "pretrain"]
    return table.filter(pc.invert(pc.is_in(table["source"], pa.array(serving, pa.string())))) if serving else table


def make_cohort(
    settings: StudySettings,
    sources: Mapping[str, SourceData],
    manifest: pa.Table | None,
    folder: Path,
    *,
    shortest_s: float | None = None,
    signals: SignalAccess | None = None,
) -> CohortFolder:
    """Build, audit and write the cohort.

    Parameters
    ----------
    settings : StudySettings
    sources : mapping of name to SourceData
    manifest : pa.Table, optional
        The store's. Without it nobody asks whether signals exist, and the audit leaves them out.
    folder : Path
        Exists; gets ``cohort.parquet``, ``cohort.json``, ``flow.json``, ``audit.json``, and where there is anything to
        say ``dropped.csv`` and ``report_findings.parquet``.
    shortest_s : float, optional
        Shorter ECGs have no window to be seen through.
    signals : SignalAccess, optional
        The store's, for the audit's search for one recording under two ids.

    Raises
    ------
    CohortError, SplitError, LeakageError
        See ``build_cohort`` and ``audit``.
    """
    roles = {name: (section.role, sources[name]) for name, section in settings.data.items()}
    built = build_cohort(
        roles, manifest, settings=settings.cohort, seed=settings.seed, shortest_s=shortest_s, signals=signals
    )
    labels = labels_of(settings, sources)
    near = settings.cohort.near_duplicates
    checks = audit(
        built.cohort,
        manifest,
        labels=labels,
        signals=signals,
        near_duplicates=near,
        recordings=built.recordings,
    )
    fitted = [name for name in FITTED if name in built.cohort.table["split"].unique().to_pylist()]
    if labels:
        develops = any(role == "develop" for role, _ in roles.values())
        require_both_classes(outcome_rows(settings, built.cohort.table), labels, FITTED if develops else fitted)
    built.cohort.write(folder / COHORT)
    write_flow(built.flow, folder / "flow.json")
    write_audit(checks, folder / "audit.json")
    document = {
        "type": "cohort_summary",
        "version": VERSION,
        "hash": built.cohort.hash,
        "signals": manifest is not None,
        "simulated": dict(built.cohort.simulated),
        "splits": summarise(built.cohort, labels=labels),
        "notes": [*built.notes, *_notes(sources)],
        "left_out": _left_out(sources),
        "missing": {name: {"missing": gone, "rows": rows} for name, (gone, rows) in built.missing.items()},
    }
    (folder / "cohort.json").write_text(json.dumps(document, indent=1))
    extra = _write_details(sources, folder)
    return CohortFolder(built, folder, (COHORT, "cohort.json", "flow.json", "audit.json", *extra))


def signal_access(store: Store, progress: ProgressCallback) -> SignalAccess:
    """Return how the audit gets at the signals of a store."""
    row_of = {record_id: row for row, record_id in enumerate(store.manifest["record_id"].to_pylist())}
    return SignalAccess(store.spec.rate_hz, lambda record_id: store.signal(row_of[record_id]), progress)


def sources_hash(sources: Mapping[str, SourceData]) -> str:
    """SHA-256 over everything that the sources' tables say."""
    return hash_of({name: _plain(data) for name, data in sources.items()})


def split_file_hash(file: str) -> str:
    """SHA-256 of the table that gives the split; nothing where it isn't there, which the split will say."""
    path = Path(file)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _plain(data: SourceData) -> dict[str, Any]:
    columns = pl.DataFrame(data.columns, strict=False, infer_schema_length=None)
    frames = {"reports": data.reports, "diagnoses": data.diagnoses, "events": data.events}
    return {
        "columns": _digest(columns),
        "official_split": data.official_split,
        "labels": data.labels,
        "auxiliary": data.auxiliary,
        "date_only": sorted(data.date_only),
        **{name: None if frame is None else _digest(frame) for name, frame in frames.items()},
        **({"simulated": data.simulated} if data.simulated else {}),
    }


def _digest(frame: pl.DataFrame) -> str:
    buffer = io.BytesIO()
    frame.select(sorted(frame.columns)).write_ipc_stream(buffer)
    return hashlib.sha256(buffer.getbuffer()).hexdigest()


def _notes(sources: Mapping[str, SourceData]) -> list[str]:
    """Return what is to be known of whole tables."""
    several = len(sources) > 1
    return [
        (f"{name}: " if several else "") + f"{row['kind']} {row['reason'].removeprefix(NOTE)}".strip()
        for name, data in sources.items()
        if data.dropped is not None
        for row in data.dropped.filter(pl.col("reason").str.starts_with(NOTE)).to_dicts()
    ]


def _left_out(sources: Mapping[str, SourceData]) -> dict[str, int]:
    """Count the rows and cells of the tables that could not be used."""
    frames = [data.dropped for data in sources.values() if data.dropped is not None]
    reasons = pl.concat([frame.select("reason", "column") for frame in frames]) if frames else pl.DataFrame()
    if not reasons.height:
        return {}
    told = reasons.filter(~pl.col("reason").str.starts_with(NOTE))
    counts = told["reason"].value_counts(sort=True).head(MOST_REASONS).rows()
    return {str(reason): int(count) for reason, count in counts}


def _write_details(sources: Mapping[str, SourceData], folder: Path) -> list[str]:
    """Write what was dropped from the tables, and what reports were read as, each with its place."""
    dropped = {name: data.dropped for name, data in sources.items()}
    findings = {name: data.findings for name, data in sources.items()}
    written = []
    if together := _together(dropped):
        together[0].write_csv(folder / "dropped.csv")
        written.append("dropped.csv")
    if together := _together(findings):
        together[0].write_parquet(folder / "report_findings.parquet")
        written.append("report_findings.parquet")
    return written


def _together(frames: Mapping[str, pl.DataFrame | None]) -> list[pl.DataFrame]:
    """Return one table with a column for the source, or nothing when all are empty."""
    named = [
        frame.select(pl.lit(name).alias("source"), pl.all())
        for name, frame in frames.items()
        if frame is not None and frame.height
    ]
    return [pl.concat(named, how="diagonal_relaxed")] if named else []
