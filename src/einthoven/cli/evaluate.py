"""``einthoven evaluate``: clinical statistics of any model's scores; needs neither torch nor matplotlib."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["OutputFormat", "evaluate_command"]


class OutputFormat(StrEnum):
    """What is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def evaluate_command(
    scores: Annotated[
        list[Path], typer.Argument(help="Scores: .parquet, .csv (long, wide, or one column per label) or .npy.")
    ],
    truth: Annotated[
        Path | None, typer.Option(help="True labels, .csv or .npy, where the scores come without.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="Names of the columns, where no file has a header.")] = None,
    protocol: Annotated[Path | None, typer.Option(help="Protocol (.toml): splits, comparisons, seed.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for evaluation.json, results.csv and comparisons.csv.")
    ] = None,
    score_kind: Annotated[
        str | None, typer.Option(help="probability, binary, value, risk or logit; needed for scores outside [0, 1].")
    ] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="What to print.")] = OutputFormat.TABLE,
) -> None:
    """Evaluate scores: AUROC, AUPRC, calibration, sensitivity and specificity, each with its interval.

    Several files of the same records are compared with each other. A file of 0 and 1 is a reader.

    Example: `einthoven evaluate network.npy cardiologist.csv --truth gold_standard.csv --out results`
    """
    from einthoven.cli.evaluation_output import print_evaluation
    from einthoven.cli.progress import progress_lines
    from einthoven.evaluation.evaluate import evaluate
    from einthoven.evaluation.evaluation import check_folder
    from einthoven.evaluation.prediction_files import read_predictions
    from einthoven.evaluation.predictions import Predictions
    from einthoven.evaluation.protocol import Protocol

    if out is not None:
        check_folder(out)
    settings = Protocol() if protocol is None else Protocol.from_toml(protocol)
    parts = [
        read_predictions(path, truth=truth, labels=labels, score_kind=score_kind, model=name)
        for path, name in zip(scores, _model_names(scores), strict=True)
    ]
    predictions = Predictions.concatenate(parts)
    # models and labels in the order in which they were given
    settings = replace(
        settings, models=settings.models or predictions.models, outcomes=settings.outcomes or predictions.labels
    )
    with progress_lines() as announce:
        evaluation = evaluate(predictions, settings, announce("Evaluating"))
    if out is not None:
        evaluation.save(out)
    print_evaluation(evaluation, output=output.value)


def _model_names(paths: list[Path]) -> list[str]:
    """Name models after their files, with the folder where two files have one name."""
    from einthoven.errors import SpecificationError

    places = [path.resolve() for path in paths]
    twice = next((path for path, place in zip(paths, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise SpecificationError(f"{twice} is given twice; name each file once")
    stems = [path.stem for path in paths]
    return [path.stem if stems.count(path.stem) == 1 else f"{path.resolve().parent.name}/{path.stem}" for path in paths]
