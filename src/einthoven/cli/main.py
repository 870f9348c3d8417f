"""The command ``einthoven``: one verb per file; errors end in one clear line unless ``--debug`` asks for the traceback.

Exit status: 0 done, 2 the user's mistake, 1 ours, 130 or 143 cancelled by SIGINT or SIGTERM.
"""

from __future__ import annotations

import io
import logging
import os
import sys

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

import einthoven
from einthoven.cli.cohort import cohort_command
from einthoven.cli.convert import convert_command
from einthoven.cli.data import data_app
from einthoven.cli.deidentify import deidentify_command
from einthoven.cli.doctor import doctor_command
from einthoven.cli.evaluate import evaluate_command
from einthoven.cli.failures import system_error
from einthoven.cli.ingest import ingest_command
from einthoven.cli.inspect import inspect_command
from einthoven.cli.measure import measure_command
from einthoven.cli.models import models_app
from einthoven.cli.parse import parse_app
from einthoven.cli.plan import plan_command
from einthoven.cli.predict import predict_command
from einthoven.cli.pretrain import pretrain_command
from einthoven.cli.report import report_command
from einthoven.cli.run import run_command
from einthoven.cli.simulate import simulate_command
from einthoven.drawing.printable import printable
from einthoven.errors import CancelledError, EinthovenError

__all__ = ["app", "main"]

app = typer.Typer(
    name="einthoven",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="From a hospital's ECG archive to a validated diagnostic model. Each command has an example under --help.",
)
app.command("run")(run_command)
app.command("pretrain")(pretrain_command)
app.command("cohort")(cohort_command)
app.command("inspect")(inspect_command)
app.command("deidentify")(deidentify_command)
app.command("convert")(convert_command)
app.command("ingest")(ingest_command)
app.command("measure")(measure_command)
app.add_typer(parse_app, name="parse")
app.command("predict")(predict_command)
app.command("plan")(plan_command)
app.command("evaluate")(evaluate_command)
app.command("report")(report_command)
app.command("doctor")(doctor_command)
app.add_typer(data_app, name="data")
app.add_typer(models_app, name="models")
app.command("simulate")(simulate_command)


@app.callback(invoke_without_command=True)
def options(
    *,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error, and log more."),
) -> None:
    """Set what all verbs share; ``main`` reads --debug itself, because it outlives a verb that raised."""
    level = logging.DEBUG if debug else logging.WARNING
    handler = RichHandler(console=Console(stderr=True), show_path=debug, show_time=debug)
    logging.basicConfig(level=level, format="%(message)s", handlers=[handler])
    if not debug:  # a sentence a minute from pretrainings, which take hours or days
        logging.getLogger("einthoven.training.watching").setLevel(logging.INFO)
    if version:
        typer.echo(f"einthoven {einthoven.__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line and turn every outcome into an exit status."""
    debug = "--debug" in sys.argv
    # before NumPy is imported, and for worker processes: threads that share one ECG only wait for each other
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without a degree sign is no reason to fail
    try:
        app(args=_debug_first(sys.argv[1:]))
    except CancelledError as error:
        _say("", str(error))
        sys.exit(128 + error.signal_number)
    except EinthovenError as error:
        _say("[bold red]error:[/]", str(error), debug=debug)
        sys.exit(2)
    except OSError as error:
        # a full disk, a missing folder, no permission: the machine's answer names the file, and the user can mend it
        _say("[bold red]error:[/]", system_error(error), debug=debug)
        sys.exit(2)
    except KeyboardInterrupt:
        _say("[yellow]stopped[/]", "")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug ends in one line, too
        _say("[bold red]a bug in einthoven:[/]", f"{type(error).__name__}: {error}", debug=debug)
        _say("", "Run the same command with --debug and send us what it prints.")
        sys.exit(1)


def _say(lead_in: str, text: str, *, debug: bool = False) -> None:
    """Print one line to the error stream, under the traceback that led to it where that is asked for."""
    console = Console(stderr=True)
    if debug:
        console.print_exception()
    console.print(f"{lead_in} {escape(printable(text))}".strip(), soft_wrap=True, highlight=False)


def _debug_first(arguments: list[str]) -> list[str]:
    """Accept --debug anywhere on the line."""
    return ["--debug", *(word for word in arguments if word != "--debug")] if "--debug" in arguments else arguments
