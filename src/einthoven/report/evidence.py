"""What a run left behind, read once: artefacts only, no model. What is absent stays empty, and its section says so."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from einthoven.cohort.audit import AuditCheck, read_audit
from einthoven.cohort.cohort import SPLITS, Cohort
from einthoven.cohort.flow import FlowStep, read_flow
from einthoven.cohort.simulated import NOTICE
from einthoven.errors import SpecificationError
from einthoven.evaluation.estimate import Curve, Estimate
from einthoven.evaluation.evaluation import Evaluation
from einthoven.evaluation.rows import MACRO, ResultRow
from einthoven.evaluation.thresholds import Threshold

__all__ = ["ENSEMBLE", "MACRO", "Evidence"]

ENSEMBLE = -1
TEST_SPLITS = ("test", "external")
# the file of results: in a run's stage, or by itself
ALONE = "evaluation.json"
# analyses of all records of a split
WHOLE = ("performance", "macro")


@dataclass(frozen=True, eq=False)
class Evidence:
    """All artefacts of a run folder.

    Attributes
    ----------
    run : Path
    study, environment : mapping
        ``study.json`` and ``environment.json``; empty when absent.
    stores : tuple of mapping
        Entries of ``ingest.json``: path, ingest_hash, records, rejected.
    cohort : Cohort, optional
    flow : tuple of FlowStep
    checks : tuple of AuditCheck
    evaluation : Evaluation, optional
    stages : tuple of mapping
        All ``stage.json``, in order of their start.
    """

    run: Path
    study: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    stores: tuple[Mapping[str, Any], ...] = ()
    cohort: Cohort | None = None
    flow: tuple[FlowStep, ...] = ()
    checks: tuple[AuditCheck, ...] = ()
    evaluation: Evaluation | None = None
    stages: tuple[Mapping[str, Any], ...] = ()
    _estimates: Mapping[tuple[str, int, str, str, str], Estimate] = field(default_factory=dict)

    @classmethod
    def load(cls, run: Path) -> Evidence:
        """Read a run folder.

        Raises
        ------
        SpecificationError
            When there is no such folder, or nothing of a run in it.
        """
        stages = run / "stages"
        if (run / ALONE).is_file():
            return cls._of_evaluation(run)
        if not stages.is_dir() and not (run / "study.json").is_file():
            raise SpecificationError(
                f"{run} is no run folder: it holds neither study.json nor stages/ nor evaluation.json; make one with "
                "`einthoven run STUDY` or `einthoven evaluate SCORES --out DIR`"
            )
        cohort, evaluation = stages / "cohort", stages / "evaluate"
        loaded = Evaluation.load(evaluation) if (evaluation / ALONE).is_file() else None
        return cls(
            run=run,
            study=_json(run / "study.json"),
            environment=_json(run / "environment.json"),
            stores=tuple(_json(stages / "ingest" / "ingest.json").get("stores", ())),
            cohort=Cohort.read(cohort / "cohort.parquet") if (cohort / "cohort.parquet").is_file() else None,
            flow=tuple(read_flow(cohort / "flow.json")) if (cohort / "flow.json").is_file() else (),
            checks=tuple(read_audit(cohort / "audit.json")) if (cohort / "audit.json").is_file() else (),
            evaluation=loaded,
            stages=_stages(stages),
            _estimates={} if loaded is None else _by_key(loaded),
        )

    @classmethod
    def _of_evaluation(cls, folder: Path) -> Evidence:
        """Return what `einthoven evaluate` left: scores of models that were trained elsewhere, and nothing else."""
        loaded = Evaluation.load(folder)
        return cls(run=folder, evaluation=loaded, _estimates=_by_key(loaded))

    @property
    def is_scores_alone(self) -> bool:
        """Whether there is an evaluation without the study that it belongs to."""
        return self.evaluation is not None and not self.study and self.cohort is None

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """Models in the order of the study file; those of the evaluation only, when there is one."""
        planned = list(self.study.get("arm", {}))
        if self.evaluation is None:
            return tuple(planned)
        found = list(dict.fromkeys(row.model for row in self.evaluation.results if row.analysis in WHOLE))
        return (*(arm for arm in planned if arm in found), *(arm for arm in found if arm not in planned))

    @cached_property
    def test_splits(self) -> tuple[str, ...]:
        """Splits with results on which nothing was fitted, ``test`` before ``external``."""
        found = {key[2] for key in self._estimates}
        return tuple(split for split in TEST_SPLITS if split in found)

    @cached_property
    def reported_splits(self) -> tuple[str, ...]:
        """The same, also where all outcomes are numbers or times and no label has a yes/no truth."""
        results = self.evaluation.results if self.evaluation else ()
        found = {*self.test_splits, *(row.split for row in results)}
        return tuple(split for split in TEST_SPLITS if split in found)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """All that was evaluated: the arms, or the models of numbers or times where there are no arms."""
        results = self.evaluation.results if self.evaluation else ()
        return self.arms or tuple(dict.fromkeys(row.model for row in results))

    @cached_property
    def counted(self) -> str:
        """What the results count: ECGs, or pairs of ECG and report where all outcomes come from reports."""
        if self.study.get("cohort", {}).get("labels"):
            return "ECGs"
        kinds = set() if self.cohort is None else set(self.cohort.table["pair"].unique().to_pylist())
        return "pairs" if kinds - {"none"} else "ECGs"

    @property
    def model_word(self) -> str:
        """What a model is called: the arm of a study, or just a model."""
        return "model" if self.is_scores_alone else "arm"

    @cached_property
    def has_plan(self) -> bool:
        """Whether a protocol named any of the numbers beforehand."""
        return self.evaluation is not None and any(row.planned for row in self.evaluation.results)

    @cached_property
    def readers(self) -> tuple[str, ...]:
        """Models that answer 0 or 1: they have a sensitivity but no area."""
        metrics: dict[str, set[str]] = {}
        for arm, _, _, _, metric in self._estimates:
            metrics.setdefault(arm, set()).add(metric)
        return tuple(arm for arm in self.arms if "sensitivity" in metrics[arm] and "auroc" not in metrics[arm])

    @property
    def coverage(self) -> str:
        """What the intervals cover, in words: ``95%``."""
        level = self.evaluation.protocol.level if self.evaluation else 0.95
        return f"{100 * level:g}%"

    @property
    def simulation_notice(self) -> str:
        """What must be said first where patients are simulated; empty where all are real."""
        told = [self.cohort.notice] if self.cohort else []
        told += self.evaluation.notes if self.evaluation else []
        return next((note for note in told if note.startswith(NOTICE)), "")

    def seeds(self, arm: str) -> tuple[int, ...]:
        """Seeds of an arm, the ensemble (-1) first."""
        return self._seeds.get(arm, ())

    def main_seed(self, arm: str) -> int:
        """Return the ensemble where there is one, else the first seed."""
        return min(self.seeds(arm), default=ENSEMBLE)

    def labels(self, split: str = "test") -> tuple[str, ...]:
        """Labels with results, those with most events first."""
        return self._labels.get(split, ())

    def estimate(self, arm: str, split: str, label: str, metric: str, *, seed: int | None = None) -> Estimate | None:
        """Return one estimate of the main seed, or of ``seed``; None when it was not computed."""
        return self._estimates.get((arm, self.main_seed(arm) if seed is None else seed, split, label, metric))

    def curve(self, arm: str, split: str, label: str, kind: str) -> Curve | None:
        """Return one curve of the main seed, None when it was not computed."""
        rows = self.evaluation.curves if self.evaluation else ()
        wanted = (arm, self.main_seed(arm), split, label, kind)
        return next((r.curve for r in rows if (r.model, r.seed, r.split, r.label, r.kind) == wanted), None)

    def threshold(self, arm: str, label: str) -> Threshold | None:
        """Return the cut-off of an arm's main seed for a label, None when none was chosen."""
        thresholds = self.evaluation.thresholds if self.evaluation else ()
        wanted = (arm, self.main_seed(arm), label)
        return next((t for t in thresholds if (t.model, t.seed, t.label) == wanted), None)

    def subgroup_rows(self, arm: str, split: str) -> list[ResultRow]:
        """Return the results of an arm's main seed in subgroups of a split."""
        rows = self.evaluation.results if self.evaluation else ()
        wanted = (arm, self.main_seed(arm), split)
        own = [row for row in rows if row.analysis == "subgroups" and not row.at]
        return [row for row in own if (row.model, row.seed, row.split) == wanted]

    def predictions(self, arm: str, *, split: str, columns: tuple[str, ...]) -> pa.Table | None:
        """Return columns of the main seed's predictions on a split, None when the file is absent."""
        path = self.run / "stages" / "predict" / arm / str(self.main_seed(arm)) / "predictions.parquet"
        if not path.is_file():
            return None
        return pq.read_table(path, columns=list(columns), filters=[("split", "=", split)])

    def histories(self, arm: str) -> Iterator[tuple[int, dict[str, list[float]]]]:
        """Yield seed and columns of every ``history.csv`` of an arm."""
        folder = self.run / "stages" / "train" / arm
        for path in sorted(folder.glob("*/history.csv")):
            if path.parent.name.lstrip("-").isdigit():
                yield int(path.parent.name), _columns(path)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Labels of the cohort that were evaluated, all of them before an evaluation; auxiliary ones are left out."""
        known = self.cohort.labels if self.cohort else ()
        evaluated = {label for labels in self._labels.values() for label in labels}
        return tuple(label for label in known if not evaluated or label in evaluated)

    @property
    def splits(self) -> tuple[str, ...]:
        """Splits of the cohort, in their usual order."""
        found = set(self.cohort.table["split"].unique().to_pylist()) if self.cohort else set()
        return tuple(split for split in SPLITS if split in found)

    @cached_property
    def _seeds(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {}
        for arm, seed, *_ in self._estimates:
            found.setdefault(arm, set()).add(seed)
        return {arm: tuple(sorted(seeds)) for arm, seeds in found.items()}

    @cached_property
    def _labels(self) -> dict[str, tuple[str, ...]]:
        """Labels of each split; by the events of their AUROC, because other metrics count other things."""
        events: dict[str, dict[str, int]] = {}
        for (_, _, split, label, metric), estimate in self._estimates.items():
            if label != MACRO:
                known = events.setdefault(split, {})
                known[label] = max(known.get(label, 0), estimate.events if metric == "auroc" else 0)
        return {
            split: tuple(sorted(known, key=lambda label: (-known[label], label))) for split, known in events.items()
        }


def _json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return loaded


def _stages(folder: Path) -> tuple[Mapping[str, Any], ...]:
    found = [_json(path) for path in sorted(folder.rglob("stage.json"))]
    return tuple(sorted(found, key=lambda stage: str(stage.get("started", ""))))


def _by_key(evaluation: Evaluation) -> dict[tuple[str, int, str, str, str], Estimate]:
    rows = (row for row in evaluation.results if row.analysis in WHOLE and not row.subgroup and not row.at)
    return {(r.model, r.seed, r.split, r.label, r.metric): r.estimate for r in rows}


def _columns(path: Path) -> dict[str, list[float]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name] or "nan") for row in rows] for name in (rows[0] if rows else {})}
