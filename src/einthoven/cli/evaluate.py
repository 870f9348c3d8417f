"""``einthoven evaluate``: clinical statistics of any model's scores; needs neither torch nor matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from einthoven.evaluation.evaluation import Evaluation
    from einthoven.evaluation.prediction_files import Layout
    from einthoven.evaluation.predictions import Predictions
    from einthoven.evaluation.protocol import Protocol
    from einthoven.evaluation.thresholds import Threshold
    from einthoven.progress import ProgressCallback

__all__ = ["OutputFormat", "evaluate_command"]

TABLES, ANSWERS, COLUMNS = "Scores", "Results", "Columns of a table of your own"


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
        Path | None,
        typer.Option(help="True labels, .csv or .npy, where the scores come without.", rich_help_panel=TABLES),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Names of the columns, where no file has a header.", rich_help_panel=TABLES)
    ] = None,
    score_kind: Annotated[
        str | None,
        typer.Option(
            help="probability, binary, value, risk or logit; needed for scores outside [0, 1].", rich_help_panel=TABLES
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(help="binary, multiclass, ordinal, regression or survival.", rich_help_panel=TABLES),
    ] = None,
    score: Annotated[
        list[str] | None,
        typer.Option(help="A column that is a score of --outcome; repeat it to compare.", rich_help_panel=COLUMNS),
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="The column of the truth.", rich_help_panel=COLUMNS)] = None,
    positive: Annotated[
        str | None, typer.Option(help="The value of --outcome that counts as 1.", rich_help_panel=COLUMNS)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="NAME=COLUMN, such as patient_id=PAT_ID or group.sex=gender.", rich_help_panel=COLUMNS),
    ] = None,
    protocol: Annotated[
        Path | None,
        typer.Option(help="The plan (.toml); `einthoven plan --write-protocol FILE` writes one to fill in."),
    ] = None,
    thresholds: Annotated[
        Path | None, typer.Option(help="Cut-offs that were fixed beforehand: .csv of label and value, or .json.")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(help="Where openings are counted; by default beside the protocol.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for evaluation.json, results.csv and comparisons.csv.", rich_help_panel=ANSWERS),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Write OUT/report.html, too.", rich_help_panel=ANSWERS)
    ] = False,
    output: Annotated[
        OutputFormat, typer.Option("--format", help="What to print.", rich_help_panel=ANSWERS)
    ] = OutputFormat.TABLE,
    show: Annotated[
        list[str] | None,
        typer.Option(help="An analysis whose table is printed, too, or `all`.", rich_help_panel=ANSWERS),
    ] = None,
) -> None:
    """Evaluate scores: AUROC, AUPRC, calibration, sensitivity and specificity, each with its interval.

    Several files of the same records are compared with each other. A file of 0 and 1 is a reader.

    A long table has the columns record_id, label, truth, score, and optionally model; a wide one score.LABEL and
    truth.LABEL. Both may have patient_id, split, time, site, weight, pretrained_on, group.NAME and covariate.NAME.
    Survival has event and time_to_event_days in place of truth.

    Example:

    `einthoven evaluate network.npy cardiologist.csv --truth gold_standard.csv --out results --report`

    `einthoven evaluate scores.csv --protocol protocol.toml --out results`

    `einthoven evaluate aSAH.csv --outcome outcome --positive Poor --score wfns --score s100b --score-kind value`

    `einthoven evaluate vendor.csv --thresholds cutoffs.csv --column patient_id=PAT_ID --column site=HOSPITAL`
    """
    from einthoven.cli.evaluation_ledger import keep_ledger
    from einthoven.cli.evaluation_output import print_evaluation
    from einthoven.cli.progress import progress_lines
    from einthoven.evaluation.evaluation import check_folder
    from einthoven.evaluation.prediction_files import Layout
    from einthoven.evaluation.protocol import Protocol
    from einthoven.evaluation.threshold_file import read_thresholds

    if out is not None:
        check_folder(out)
    _check_show(show or [])
    write_report = _report_writer(out) if report else None
    settings = Protocol() if protocol is None else Protocol.from_toml(protocol)
    stated = [] if thresholds is None else read_thresholds(thresholds)
    _refuse_validation_alone(settings, stated)
    kept = keep_ledger(ledger, protocol, settings, now=datetime.now(UTC))
    layout = Layout(_renamed(column or []), tuple(score or ()), outcome or "", positive)
    predictions = _read(scores, truth=truth, labels=labels, score_kind=score_kind, task=task, layout=layout)
    with progress_lines() as announce:
        progress = announce("Evaluating")
        evaluation = kept(_evaluated(predictions, settings, stated, progress), predictions, stated)
    if out is not None:
        evaluation.save(out)
    print_evaluation(evaluation, output=output.value, show=show or ())
    if write_report is not None and out is not None:
        typer.echo(f"report: {write_report(out).resolve()}", err=True)


def _read(
    scores: list[Path],
    *,
    truth: Path | None,
    labels: Path | None,
    score_kind: str | None,
    task: str | None,
    layout: Layout,
) -> Predictions:
    from einthoven.evaluation.prediction_files import read_predictions
    from einthoven.evaluation.predictions import Predictions

    named = zip(scores, _model_names(scores), strict=True)
    parts = [
        read_predictions(
            path, truth=truth, labels=labels, score_kind=score_kind, task=task, model=name, layout=layout
        )
        for path, name in named
    ]  # fmt: skip
    return parts[0] if len(parts) == 1 else Predictions.concatenate(parts)


def _evaluated(
    predictions: Predictions, settings: Protocol, stated: Sequence[Threshold], progress: ProgressCallback
) -> Evaluation:
    """Evaluate with models and labels in the order in which they were given, marked by the protocol as it is."""
    from einthoven.evaluation.evaluate import evaluate
    from einthoven.evaluation.marking import is_planned

    ordered = replace(
        settings, models=settings.models or predictions.models, outcomes=settings.outcomes or predictions.labels
    )
    found = evaluate(predictions, ordered, progress, stated=stated)
    return replace(
        found,
        protocol=settings,
        results=[replace(row, planned=row.planned and is_planned(row, settings)) for row in found.results],
        comparisons=[replace(row, planned=row.planned and is_planned(row, settings)) for row in found.comparisons],
    )


def _check_show(show: Sequence[str]) -> None:
    from einthoven.errors import UnknownNameError
    from einthoven.evaluation.analyses import ANALYSES
    from einthoven.registry import nearest

    for name in show:
        if name not in {*ANALYSES, "all"}:
            raise UnknownNameError(f"--show: there is no analysis {name!r}{nearest(name, ['all', *ANALYSES])}")


def _report_writer(out: Path | None) -> Callable[[Path], Path]:
    """Return what writes a report, before anything is computed."""
    from einthoven.errors import SpecificationError

    if out is None:
        raise SpecificationError("--report writes into the folder of the results; name it with --out FOLDER")
    try:
        from einthoven.report.html import render
    except ModuleNotFoundError as error:
        raise SpecificationError(
            f"reports need {error.name}, which isn't installed: pip install 'einthoven[report]'"
        ) from error
    return render


def _refuse_validation_alone(settings: Protocol, stated: Sequence[Threshold]) -> None:
    from einthoven.errors import LeakageError
    from einthoven.evaluation.thresholds import THRESHOLD_SPLIT

    if set(settings.splits) == {THRESHOLD_SPLIT} and not stated:
        raise LeakageError(
            f"protocol: cut-offs are chosen on split {THRESHOLD_SPLIT!r}, so that it can't be the only one to report; "
            "add 'test' or 'external' to its splits, or state cut-offs from elsewhere with --thresholds FILE"
        )


def _renamed(columns: Sequence[str]) -> dict[str, str]:
    from einthoven.errors import SpecificationError

    found: dict[str, str] = {}
    for text in columns:
        ours, equals, theirs = text.partition("=")
        if not equals or not ours.strip() or not theirs.strip():
            raise SpecificationError(f"--column must be NAME=COLUMN, for example patient_id=PAT_ID, got {text!r}")
        if ours.strip() in found or theirs.strip() in found.values():
            raise SpecificationError(f"--column {text}: name each column once")
        found[ours.strip()] = theirs.strip()
    return found


def _model_names(paths: list[Path]) -> list[str]:
    """Name models after their files, with the folder where two files have one name."""
    from einthoven.errors import SpecificationError

    places = [path.resolve() for path in paths]
    twice = next((path for path, place in zip(paths, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise SpecificationError(f"{twice} is given twice; name each file once")
    stems = [path.stem for path in paths]
    return [path.stem if stems.count(path.stem) == 1 else f"{path.resolve().parent.name}/{path.stem}" for path in paths]
