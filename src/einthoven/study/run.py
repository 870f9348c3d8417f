"""A study file becomes a run folder: sources, store, cohort, pretrainings, arms, predictions, evaluation, report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

import einthoven
from einthoven.cohort.cohort import Cohort
from einthoven.cohort.outcomes import measured_columns
from einthoven.cohort.signal_fingerprint import VERSION as FINGERPRINT_VERSION
from einthoven.cohort.source_rows import study_record_id
from einthoven.cohort.sources.source import SourceData
from einthoven.ecg.formats import RecordLocation
from einthoven.errors import SpecificationError
from einthoven.evaluation.analyses.verification import SCORE
from einthoven.evaluation.ledger import register
from einthoven.evaluation.restriction import parse_restriction
from einthoven.progress import ProgressCallback, no_progress
from einthoven.registry import nearest
from einthoven.store.ingest import ingest
from einthoven.store.store import Store
from einthoven.study.cohort import (
    COHORT,
    labels_of,
    load_sources,
    make_cohort,
    signal_access,
    sources_hash,
    split_file_hash,
)
from einthoven.study.environment import code_version, describe_environment
from einthoven.study.pretrain_checks import check_labels
from einthoven.study.run_folder import LOCK, file_state, run_lock
from einthoven.study.settings import StudySettings
from einthoven.study.stage import Stage, hash_of

__all__ = ["Announce", "Run", "announce_nothing", "run_study"]

Announce = Callable[[str], ProgressCallback]
LEDGER = "ledger.jsonl"


def announce_nothing(_name: str) -> ProgressCallback:
    """Tell nobody which stage starts."""
    return no_progress


def run_study(
    settings: StudySettings, out: Path, *, announce: Announce = announce_nothing, first: bool = True
) -> Path | None:
    """Carry out every stage that is not done yet.

    Parameters
    ----------
    settings : StudySettings
    out : Path
        The run folder; made when absent, gone on with when it holds the same study.
    announce : callable
        Gets the name of each stage that starts, and returns the callback for its progress.
    first : bool
        Whether this process leads; the others of ``torchrun`` train with it, and wait while it does the rest.

    Returns
    -------
    Path, optional
        The report; nothing where another process writes it.

    Raises
    ------
    EinthovenError
        See the stages; what was finished before stays and is not done again.
    """
    run = Run(settings, out.resolve(), announce, first)
    run.check_arms()
    run.check_evaluation()
    if not first:
        run.train()
        return None
    run.check_folder()
    run.out.mkdir(parents=True, exist_ok=True)
    with run_lock(run.out):
        run.describe()
        run.register_protocol()
        return run.report()


@dataclass(frozen=True)
class Run:
    """The stages of one study, each of which asks for those before it.

    Attributes
    ----------
    settings : StudySettings
    out : Path
    announce : callable
        Gets the name of each stage that starts, and returns the callback for its progress.
    first : bool
        Whether this process leads; the others of ``torchrun`` wait for what it makes.
    """

    settings: StudySettings
    out: Path
    announce: Announce
    first: bool = True

    def check_folder(self) -> None:
        """Refuse to write into what isn't a run folder."""
        if self.out.exists() and not self.out.is_dir():
            raise SpecificationError(f"{self.out} is a file; choose another --out")
        held = {path.name for path in self.out.iterdir()} if self.out.exists() else set()
        if held - {LOCK} and "study.json" not in held:
            raise SpecificationError(f"{self.out} is not empty and no run folder; choose another --out")

    def check_arms(self) -> None:
        """Refuse a study that has nothing to train, and labels of pretrainings that nothing is called."""
        for name, settings in self.settings.pretrain.items():
            check_labels(name, settings, self.tasks)
        if not self.settings.arm and self.settings.pretrain:
            raise SpecificationError(
                "the study has no [arm.NAME], so there is nothing to evaluate; `einthoven pretrain` makes its encoders"
            )
        if not self.settings.arm:
            raise SpecificationError(
                "the study has no [arm.NAME], so there is nothing to train; `einthoven cohort` makes its cohort alone"
            )

    def check_evaluation(self) -> None:
        """Refuse outcomes, models and subgroups that the predictions won't have, before anything is trained."""
        protocol = self.settings.evaluation
        if not self.labels:
            raise SpecificationError("the study has no yes or no outcome to train: give one a rule in cohort.outcomes")
        columns = self._columns_of_predictions()
        crossed = [part for name in protocol.subgroups for part in name.split(" x ")]
        restricted = [parse_restriction(text).column for text in protocol.restrictions]
        deciding = [name for name in protocol.verification if name != SCORE]
        for what, asked, accepted in (
            ("outcomes", protocol.outcomes, self.labels),
            ("models", protocol.models, tuple(self.settings.arm)),
            ("subgroups", crossed, tuple(name for name in columns if not name.startswith("covariate."))),
            ("restrictions", restricted, columns),
            ("verification", deciding, columns),
            ("comparator", protocol.comparator, columns),
            ("severity", [protocol.severity] if protocol.severity else [], columns),
        ):
            unknown = next((name for name in asked if name not in accepted), None)
            if unknown is not None:
                raise SpecificationError(f"evaluation.{what} has no {unknown!r}{nearest(unknown, accepted)}")

    def _columns_of_predictions(self) -> tuple[str, ...]:
        """Return what the predictions will have beside scores, as far as it is known before the cohort is made."""
        cohort = self.settings.cohort
        families = ("group.", "covariate.")
        columns = {name for data in self._sources.values() for name in data.columns if name.startswith(families)}
        columns |= {f"group.{name}" for name in cohort.group_names}
        for data in self._sources.values():
            reports = pl.DataFrame() if data.reports is None else data.reports
            columns |= set(measured_columns(cohort.tasks, dict(reports.schema)).values())
        gap = {"covariate.outcome_gap_days"} if cohort.pairing else set()
        always = ("group.sex", "site", "group.data_set", "covariate.age_years")
        return (*always, *sorted((columns | gap) - set(always)))

    @property
    def ledger(self) -> Path:
        """Where each opening of a test set is counted; it isn't among the stages, which are made again."""
        return self.out / LEDGER

    def describe(self) -> None:
        """Write the resolved study file and the environment."""
        (self.out / "study.json").write_text(json.dumps(self.settings.to_plain(), indent=1))
        (self.out / "environment.json").write_text(json.dumps(self.environment, indent=1))

    def register_protocol(self) -> None:
        """Put the protocol into the ledger, which has to happen before anything is trained."""
        register(self.ledger, self.settings.evaluation, now=datetime.now(UTC))

    @cached_property
    def environment(self) -> dict[str, Any]:
        """Versions of einthoven, Python and the packages."""
        return describe_environment()

    @cached_property
    def _sources(self) -> dict[str, SourceData]:
        return load_sources(self.settings, self.announce)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Yes and no outcomes of the study."""
        return labels_of(self.settings, self._sources)

    @property
    def tasks(self) -> tuple[str, ...]:
        """All that can be learnt as yes or no: outcomes, auxiliary labels, labels of data for pretraining."""
        of_data = [name for data in self._sources.values() for name in (*data.labels, *data.auxiliary)]
        return tuple(dict.fromkeys([*self.labels, *of_data]))

    def stage(self, name: str, inputs: dict[str, Any], *, arm: str = "", seed: int | None = None) -> Stage:
        """Describe a stage; inputs that aren't text are hashed."""
        hashes = {key: value if isinstance(value, str) else hash_of(value) for key, value in inputs.items()}
        hashes["einthoven"] = einthoven.__version__
        return Stage(self.out, name, hashes, code_version(), hash_of(self.environment), arm, seed, self.first)

    @cached_property
    def store(self) -> Store:
        """Ingest every ECG of every source into one store."""
        settings, locations = self.settings, self._locations()
        states = {path: file_state(path) for path in dict.fromkeys(at.path for at in locations)}
        listing = hash_of([[at.record_id, at.patient_id, at.path, at.options, states[at.path]] for at in locations])
        path = self._store_path(listing)

        def work(folder: Path) -> None:
            progress = self.announce(f"Ingesting {len(locations):,} ECGs")
            ingest(
                locations,
                path,
                spec=settings.input.ingest,
                workers=settings.store.workers,
                shard_records=settings.store.shard_records,
                progress=progress,
            )
            with Store.open(path) as store:
                self._write_ingest(folder, store, locations)

        inputs = {"locations": listing, "ingest_spec": settings.input.ingest.ingest_hash, "store": self._portable(path)}
        stage = self.stage("ingest", inputs)
        if stage.is_done() and not (path / "store.json").is_file():
            raise SpecificationError(f"the store {path} is gone; delete {stage.folder} to make it again")
        stage.run_once(work)
        return Store.open(path)

    def _locations(self) -> list[RecordLocation]:
        """Where all ECGs lie, under ids that are unique across sources."""
        return [
            replace(
                where,
                record_id=study_record_id(name, where.record_id),
                patient_id=study_record_id(data.numbering or name, where.patient_id),
            )
            for name, data in self._sources.items()
            for where in data.locations
        ]

    def _store_path(self, listing: str) -> Path:
        """Return the declared store, or one in the run folder that is named by what it holds."""
        if self.settings.store.path:
            return Path(self.settings.store.path)
        return self.out / "stores" / f"{self.settings.input.ingest.ingest_hash[:12]}-{listing[:12]}"

    def _portable(self, path: Path) -> str:
        """Return a path that holds when the run folder is moved, where the path lies in it."""
        return str(path.relative_to(self.out)) if path.is_relative_to(self.out) else str(path)

    def _write_ingest(self, folder: Path, store: Store, locations: list[RecordLocation]) -> None:
        document = {
            "type": "ingest",
            "version": 1,
            "stores": [
                {
                    "sources": list(self._sources),
                    "path": self._portable(store.folder),
                    "ingest_hash": store.ingest_hash,
                    "located": len(locations),
                    "records": store.manifest.num_rows,
                    "rejected": store.rejected.num_rows,
                }
            ],
        }
        (folder / "ingest.json").write_text(json.dumps(document, indent=1))

    @cached_property
    def cohort(self) -> Cohort:
        """Join, split and audit."""
        settings, manifest = self.settings, self.store.manifest

        def work(folder: Path) -> None:
            signals = signal_access(self.store, self.announce("Building and auditing the cohort"))
            make_cohort(settings, self._sources, manifest, folder, shortest_s=self._shortest_s, signals=signals)

        inputs = {
            "signals": self.signals_hash,
            "fingerprints": str(FINGERPRINT_VERSION),
            "tables": sources_hash(self._sources),
            "roles": [[name, section.role, section.patient_numbering] for name, section in settings.data.items()],
            "settings": settings.to_plain()["cohort"] | {"seed": settings.seed, "shortest_s": self._shortest_s},
        }
        if settings.cohort.split.file:
            inputs["split_file"] = split_file_hash(settings.cohort.split.file)
        return Cohort.read(self.stage("cohort", inputs).run_once(work) / COHORT)

    @cached_property
    def signals_hash(self) -> str:
        """SHA-256 over which record holds which samples; whatever is made from signals depends on it."""
        manifest = self.store.manifest
        return hash_of([manifest["record_id"].to_pylist(), manifest["signal_hash"].to_pylist()])

    @property
    def _shortest_s(self) -> float | None:
        """Shorter records have no window to be seen through."""
        view = self.settings.input.view
        return view.window_s if view.short == "refuse" else None

    def train(self) -> list[Path]:
        """Train all arms, after the pretrainings that they start from; return the files of their predictions."""
        from einthoven.study.arms import predictions_of_arms

        return predictions_of_arms(self)

    def report(self) -> Path:
        """Evaluate all predictions and render the report."""
        from einthoven.report.html import render
        from einthoven.study.evaluation import evaluate_arms

        evaluate_arms(self, self.train())
        self.announce("Writing the report")
        return render(self.out)
