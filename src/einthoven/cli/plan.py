"""``einthoven plan``: how many patients a study needs, and its protocol, before anything is measured."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from einthoven.evaluation.sample_size.expectation import Expectation

__all__ = ["plan_command"]

MODEL, COMPARISON, STUDY, TARGETS, PROTOCOL = "The model", "A comparison", "The study", "What is wanted", "The protocol"


class PlanFormat(StrEnum):
    """What is printed."""

    TABLE = "table"
    JSON = "json"


def plan_command(
    auroc: Annotated[float | None, typer.Option(help="Expected AUROC.", rich_help_panel=MODEL)] = None,
    prevalence: Annotated[
        float | None, typer.Option(help="Expected share of cases among the records.", rich_help_panel=MODEL)
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Risk from which on is called.", rich_help_panel=MODEL)
    ] = None,
    sensitivity: Annotated[float | None, typer.Option(help="Expected sensitivity.", rich_help_panel=MODEL)] = None,
    specificity: Annotated[float | None, typer.Option(help="Expected specificity.", rich_help_panel=MODEL)] = None,
    linear_predictor: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Mean and SD of the log odds of the predicted risks.", rich_help_panel=MODEL),
    ] = None,
    risks: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Alpha and beta of a beta distribution of the predicted risks.", rich_help_panel=MODEL),
    ] = None,
    against: Annotated[
        float | None, typer.Option(help="AUROC of another model on the same records.", rich_help_panel=COMPARISON)
    ] = None,
    correlation: Annotated[
        float, typer.Option(help="Of both scores, within cases and within controls.", rich_help_panel=COMPARISON)
    ] = 0.5,
    margin: Annotated[
        float, typer.Option(help="Of non-inferiority; 0 asks for a difference.", rich_help_panel=COMPARISON)
    ] = 0.0,
    discordant: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Shares that only the first, only the second calls right.", rich_help_panel=COMPARISON),
    ] = None,
    n: Annotated[
        int | None, typer.Option("--n", help="Records of the study, if that is settled.", rich_help_panel=STUDY)
    ] = None,
    records_per_patient: Annotated[
        float, typer.Option(help="Records of a patient, on average.", rich_help_panel=STUDY)
    ] = 1.0,
    icc: Annotated[float, typer.Option(help="Correlation of records of one patient.", rich_help_panel=STUDY)] = 0.5,
    parameters: Annotated[
        int | None, typer.Option(help="Of a regression model that is to be developed.", rich_help_panel=STUDY)
    ] = None,
    auroc_width: Annotated[float, typer.Option(help="Interval of the AUROC.", rich_help_panel=TARGETS)] = 0.1,
    slope_width: Annotated[float, typer.Option(help="Of the calibration slope.", rich_help_panel=TARGETS)] = 0.2,
    ratio_width: Annotated[float, typer.Option(help="Of observed to expected.", rich_help_panel=TARGETS)] = 0.2,
    net_benefit_width: Annotated[
        float, typer.Option(help="Of the standardised net benefit.", rich_help_panel=TARGETS)
    ] = 0.2,
    share_width: Annotated[
        float, typer.Option(help="Of sensitivity, specificity and PPV.", rich_help_panel=TARGETS)
    ] = 0.1,
    power: Annotated[float, typer.Option(help="Of a comparison.", rich_help_panel=TARGETS)] = 0.8,
    level: Annotated[float, typer.Option(help="Coverage of the intervals.", rich_help_panel=TARGETS)] = 0.95,
    output: Annotated[PlanFormat, typer.Option("--format", help="What to print.")] = PlanFormat.TABLE,
    write_protocol: Annotated[
        Path | None, typer.Option(help="Write a protocol to fill in, and stop.", rich_help_panel=PROTOCOL)
    ] = None,
    register: Annotated[
        Path | None,
        typer.Option(help="Write a protocol's hash into its ledger, and stop.", rich_help_panel=PROTOCOL),
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option(help="By default beside the protocol.", rich_help_panel=PROTOCOL)
    ] = None,
) -> None:
    """Plan a study: how many patients it needs, how wide its intervals will be, what its comparison can show.

    Without --n: the smallest external validation (Riley 2021) and the size for a comparison. With --n: the widths of
    the intervals and the power that this many records give, too.

    Example:

    `einthoven plan --auroc 0.85 --prevalence 0.08`

    `einthoven plan --auroc 0.85 --prevalence 0.08 --n 3000 --threshold 0.1 --against 0.82 --correlation 0.6`

    `einthoven plan --auroc 0.85 --prevalence 0.08 --against 0.85 --margin 0.02 --records-per-patient 3 --icc 0.4`

    `einthoven plan --write-protocol protocol.toml`, then `einthoven plan --register protocol.toml`
    """
    if write_protocol is not None:
        _write_protocol(write_protocol)
    elif register is not None:
        _register(register, ledger)
    else:
        from einthoven.cli.plan_output import print_plan
        from einthoven.evaluation.sample_size.plan import answers

        expected = _expected(
            auroc=auroc, prevalence=prevalence, linear_predictor=linear_predictor, risks=risks, records=n,
            against=against, correlation=correlation, margin=margin, discordant=discordant, threshold=threshold,
            sensitivity=sensitivity, specificity=specificity, records_per_patient=records_per_patient,
            correlation_within_patient=icc, parameters=parameters, auroc_width=auroc_width, slope_width=slope_width,
            ratio_width=ratio_width, net_benefit_width=net_benefit_width, share_width=share_width, power=power,
            level=level,
        )  # fmt: skip
        print_plan(expected, answers(expected), output=output.value)


def _expected(
    *,
    auroc: float | None,
    prevalence: float | None,
    linear_predictor: tuple[float, float] | None,
    risks: tuple[float, float] | None,
    **settings: Any,
) -> Expectation:
    from einthoven.errors import SpecificationError
    from einthoven.evaluation.sample_size.expectation import Expectation
    from einthoven.evaluation.sample_size.risk_distribution import RiskDistribution

    if auroc is None or prevalence is None:
        raise SpecificationError(
            "a plan needs --auroc and --prevalence, for example: einthoven plan --auroc 0.85 --prevalence 0.08"
        )
    if linear_predictor is not None and risks is not None:
        raise SpecificationError("give one distribution of the risks, --linear-predictor or --risks")
    distribution = None
    if linear_predictor is not None:
        distribution = RiskDistribution.from_normal(*linear_predictor)
    elif risks is not None:
        distribution = RiskDistribution.from_beta(*risks)
    return Expectation(auroc, prevalence, risks=distribution, **settings)


def _write_protocol(path: Path) -> None:
    from einthoven.errors import SpecificationError
    from einthoven.evaluation.protocol_template import protocol_template

    if path.exists():
        raise SpecificationError(f"{path} is there already; name another file")
    path.write_text(protocol_template(), encoding="utf-8")
    typer.echo(f"{path} is to be filled in; then: einthoven plan --register {path}")


def _register(path: Path, ledger: Path | None) -> None:
    from einthoven.evaluation.ledger import ledger_beside, register
    from einthoven.evaluation.protocol import Protocol

    protocol, place = Protocol.from_toml(path), ledger or ledger_beside(path)
    entry = register(place, protocol, now=datetime.now(UTC))
    typer.echo(f"{path} was registered on {entry['time']} in {place}; hash {protocol.hash}")
    missing = [name for name in ("outcomes", "analyses") if not getattr(protocol, name)]
    if missing:
        typer.echo(f"It names no {' and no '.join(missing)}, so that nothing will count as planned.", err=True)
