"""Cut-offs that were fixed beforehand, in a file: CSV of label and value, or the JSON that an evaluation writes.

A CSV has the columns ``label`` and ``value``, and optionally ``model`` (empty: for any model), ``seed``, ``rule``,
``split`` and ``predictions_hash``::

    label,value
    LVSD,0.256

JSON is a list of such objects, or a whole ``evaluation.json``, whose ``thresholds`` are taken. A cut-off without a rule
is of the rule ``stated``; one with a rule takes the place of the cut-off that this rule would choose. One that says
which split it was chosen on refuses to be applied there.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.prediction_columns import SPLITS
from einthoven.evaluation.thresholds import STATED, Threshold
from einthoven.registry import nearest

__all__ = ["read_thresholds"]

COLUMNS = tuple(field.name for field in dataclasses.fields(Threshold))
REQUIRED = ("label", "value")


def read_thresholds(path: Path) -> list[Threshold]:
    """Return the cut-offs in a ``.csv`` or ``.json`` file.

    Raises
    ------
    UnreadableFileError
        The file is missing, no text, no JSON, or of another kind.
    SpecificationError
        A column is missing, a value is no finite number, or two cut-offs are for the same model, label and rule.
    UnknownNameError
        A column or a split that doesn't exist.
    """
    if path.suffix not in {".csv", ".json"}:
        raise UnreadableFileError(f"cut-offs must be a .csv or .json file, got {path}")
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = _from_csv(text) if path.suffix == ".csv" else _from_json(json.loads(text))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise UnreadableFileError(f"can't read cut-offs from {path}: {error}") from error
    except SpecificationError as error:
        raise type(error)(f"{path}: {error}") from error
    if not rows:
        raise SpecificationError(f"{path} holds no cut-off; it needs the columns {' and '.join(REQUIRED)}")
    thresholds = [_threshold(row, f"{path}, cut-off {number}") for number, row in enumerate(rows, start=1)]
    _refuse_twice(thresholds, path)
    return thresholds


def _from_csv(text: str) -> list[Mapping[str, Any]]:
    reader = csv.DictReader(text.splitlines(), strict=True)
    header = [(name or "").strip() for name in reader.fieldnames or ()]
    _check_columns(header)
    reader.fieldnames = header
    rows: list[Mapping[str, Any]] = []
    for number, row in enumerate(reader, start=1):
        if None in row or None in row.values():
            raise SpecificationError(f"row {number} doesn't have {len(header)} cells, one per column")
        rows.append({name: cell.strip() or None for name, cell in row.items()})
    return rows


def _from_json(content: Any) -> list[Mapping[str, Any]]:
    rows = content.get("thresholds") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SpecificationError("cut-offs must be a list of objects with label and value, or an evaluation.json")
    for row in rows:
        _check_columns(list(row))
    return rows


def _check_columns(names: Sequence[str]) -> None:
    for name in names:
        if name not in COLUMNS:
            raise UnknownNameError(f"cut-offs have no column {name!r}{nearest(name, COLUMNS)}")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise SpecificationError(f"cut-offs need the columns {' and '.join(REQUIRED)}; missing: {', '.join(missing)}")


def _threshold(row: Mapping[str, Any], where: str) -> Threshold:
    label, reason = row["label"], row.get("reason")
    if not isinstance(label, str) or not label:
        raise SpecificationError(f"{where}: label must be the name of a label, got {label!r}")
    for name in ("model", "rule", "split", "predictions_hash", "reason"):
        if row.get(name) is not None and not isinstance(row[name], str):
            raise SpecificationError(f"{where}: {name} must be text, got {row[name]!r}")
    split = row.get("split") or ""
    if split and split not in SPLITS:
        raise UnknownNameError(f"{where}: there is no split {split!r}{nearest(split, SPLITS)}")
    value = math.nan if row["value"] is None and reason else _number(row["value"], f"{where}, label {label!r}: value")
    seed = -1 if row.get("seed") is None else _number(row["seed"], f"{where}: seed")
    if seed != int(seed) or seed < -1:
        raise SpecificationError(f"{where}: seed must be a whole number of at least -1, got {row['seed']!r}")
    texts = {name: row.get(name) or "" for name in ("predictions_hash", "model")}
    return Threshold(
        label, value, row.get("rule") or STATED, split, texts["predictions_hash"], texts["model"], int(seed), reason
    )


def _number(value: Any, what: str) -> float:
    try:
        number = math.nan if isinstance(value, bool) or value is None else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise SpecificationError(f"{what} must be a finite number, got {value!r}")
    return number


def _refuse_twice(thresholds: Sequence[Threshold], path: Path) -> None:
    seen: set[tuple[str, int, str, str]] = set()
    for one in thresholds:
        place = (one.model, one.seed, one.label, one.rule)
        if place in seen:
            whose = f" of model {one.model!r}" if one.model else ""
            raise SpecificationError(f"{path}: label {one.label!r}{whose} has two cut-offs by the rule {one.rule!r}")
        seen.add(place)
