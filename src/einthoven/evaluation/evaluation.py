"""The results of an evaluation, and their form on disk; report and command line read nothing else."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from einthoven.errors import SpecificationError, UnreadableFileError
from einthoven.evaluation.estimate import Curve, Estimate, TestResult
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.rows import MACRO, BaselineRow, ComparisonRow, CurveRow, ResultRow
from einthoven.evaluation.thresholds import Threshold

__all__ = ["Evaluation", "check_folder"]

# version 1 had neither analyses nor operating points, and knew nothing of plans and contamination
VERSION = 2


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """All results.

    Attributes
    ----------
    results : list of ResultRow
    curves : list of CurveRow
    thresholds : list of Threshold
    comparisons : list of ComparisonRow
    notes : list of str
        What applies to the numbers and has to be said beside them.
    protocol : Protocol
    predictions_hash : str
    baseline : list of BaselineRow
    openings : list of mapping
        The ledger's entries of these test sets, this opening included; empty where no ledger was kept.
    """

    results: list[ResultRow]
    curves: list[CurveRow]
    thresholds: list[Threshold]
    comparisons: list[ComparisonRow]
    notes: list[str]
    protocol: Protocol
    predictions_hash: str
    baseline: list[BaselineRow] = dataclasses.field(default_factory=list)
    openings: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def find(self, **wanted: Any) -> list[ResultRow]:
        """Return the results with these attributes, for example ``find(metric="auroc", label="AF")``."""
        return [row for row in self.results if all(getattr(row, name) == value for name, value in wanted.items())]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; NaN becomes None."""
        return {
            "type": "evaluation",
            "version": VERSION,
            "protocol": self.protocol.to_dict(),
            "protocol_hash": self.protocol.hash,
            "predictions_hash": self.predictions_hash,
            "notes": list(self.notes),
            "results": [_plain(row, "estimate") | {"estimate": row.estimate.to_dict()} for row in self.results],
            "thresholds": [_without_nan(dataclasses.asdict(threshold)) for threshold in self.thresholds],
            "comparisons": [_plain(row, "test") | {"test": _test_to_dict(row.test)} for row in self.comparisons],
            "baseline": [_without_nan(dataclasses.asdict(row)) for row in self.baseline],
            "openings": list(self.openings),
            "curves": [_plain(row, "curve") | {"curve": _curve_to_dict(row.curve)} for row in self.curves],
        }

    def save(self, folder: Path) -> None:
        """Write ``evaluation.json`` with everything, and results, comparisons and baseline table as CSV, too."""
        check_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.to_dict(), indent=1, allow_nan=False, ensure_ascii=False)
        (folder / "evaluation.json").write_text(text + "\n", encoding="utf-8")
        _write_csv(folder / "results.csv", self.result_records())
        if self.comparisons:
            _write_csv(folder / "comparisons.csv", self.comparison_records())
        if self.baseline:
            _write_csv(folder / "baseline.csv", [_without_nan(dataclasses.asdict(row)) for row in self.baseline])

    def result_records(self) -> list[dict[str, Any]]:
        """Return one flat record per number, the columns of ``results.csv``."""
        return [_plain(row, "estimate") | row.estimate.to_dict() for row in self.results]

    def comparison_records(self) -> list[dict[str, Any]]:
        """Return one flat record per comparison, the columns of ``comparisons.csv``; value is the difference."""
        return [
            _plain(row, "test")
            | _without_nan({"statistic": row.test.statistic, "p_value": row.test.p_value})
            | row.test.difference.to_dict()
            for row in self.comparisons
        ]

    @classmethod
    def load(cls, folder: Path) -> Evaluation:
        """Read what ``save`` wrote: its folder, or the file of JSON itself.

        Raises
        ------
        UnreadableFileError
            There is no ``evaluation.json``, or it is no evaluation.
        SpecificationError
            It is of a newer version.
        """
        path = folder / "evaluation.json" if folder.is_dir() else folder
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError) as error:
            raise UnreadableFileError(f"can't read an evaluation from {path}: {error}") from error
        if not isinstance(content, dict) or content.get("type") != "evaluation":
            raise UnreadableFileError(f"{path} is no evaluation")
        if content["version"] > VERSION:
            raise SpecificationError(
                f"{path} has version {content['version']}, this einthoven reads up to {VERSION}: update it"
            )
        return cls(
            results=[_result(row) for row in content["results"]],
            curves=[CurveRow(**row | {"curve": _curve(row["curve"])}) for row in content["curves"]],
            thresholds=[Threshold(**row | {"value": _number(row["value"])}) for row in content["thresholds"]],
            comparisons=[ComparisonRow(**row | {"test": _test(row["test"])}) for row in content["comparisons"]],
            notes=content["notes"],
            protocol=Protocol.from_dict(content["protocol"]),
            predictions_hash=content["predictions_hash"],
            baseline=[_baseline(row) for row in content.get("baseline", ())],
            openings=content.get("openings", []),
        )


def check_folder(folder: Path) -> None:
    """Refuse a folder that can't be made because a file lies there, before anything is computed.

    Raises
    ------
    SpecificationError
        It names the file.
    """
    existing = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    if existing.is_file():
        raise SpecificationError(f"results are written into a folder, but {existing} is a file; choose another folder")


def _plain(row: ResultRow | CurveRow | ComparisonRow, nested: str) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(row) if field.name != nested}


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _estimate(values: dict[str, Any]) -> Estimate:
    return Estimate(**values | {name: _number(values[name]) for name in ("value", "low", "high")})


def _result(row: dict[str, Any]) -> ResultRow:
    if "analysis" not in row:  # version 1 told subgroups and averages by their place alone
        whole = "macro" if row["label"] == MACRO else "performance"
        row = row | {"analysis": "subgroups" if row["subgroup"] else whole}
    return ResultRow(**row | {"estimate": _estimate(row["estimate"])})


def _baseline(values: dict[str, Any]) -> BaselineRow:
    return BaselineRow(**values | {name: _number(values[name]) for name in ("value", "low", "high")})


def _test_to_dict(test: TestResult) -> dict[str, Any]:
    numbers = {"statistic": test.statistic, "p_value": test.p_value}
    return {"difference": test.difference.to_dict(), **_without_nan(numbers), "method": test.method}


def _test(values: dict[str, Any]) -> TestResult:
    return TestResult(
        difference=_estimate(values["difference"]),
        statistic=_number(values["statistic"]),
        p_value=_number(values["p_value"]),
        method=values["method"],
    )


def _curve_to_dict(curve: Curve) -> dict[str, Any]:
    band = {name: getattr(curve, name) for name in ("low", "high")}
    return {
        "x": curve.x.tolist(),
        "y": curve.y.tolist(),
        "names": list(curve.names),
        **{name: None if values is None else values.tolist() for name, values in band.items()},
    }


def _curve(values: dict[str, Any]) -> Curve:
    low, high = (None if values[name] is None else np.asarray(values[name], dtype=float) for name in ("low", "high"))
    x, y = (np.asarray(values[name], dtype=float) for name in ("x", "y"))
    return Curve(x, y, (values["names"][0], values["names"][1]), low, high)


def _write_csv(path: Path, records: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(records[0]) if records else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
