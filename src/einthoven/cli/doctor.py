"""``einthoven doctor``: what this machine can do, and what is missing for the rest."""

from __future__ import annotations

__all__ = ["doctor_command"]


def doctor_command() -> None:
    """Say which parts work here and how to get the others.

    Example: `einthoven doctor`
    """
    import os
    import shutil
    from importlib.util import find_spec

    from rich.console import Console
    from rich.table import Table

    from einthoven.study.environment import describe_environment

    console = Console()
    environment = describe_environment()
    table = Table("part", "state", "what to do", title=f"einthoven {environment['einthoven']}")
    for part, modules, extra in (
        ("evaluate scores", ("numpy", "scipy", "polars", "pyarrow"), ""),
        ("figures and report", ("matplotlib", "jinja2"), "report"),
        ("training and prediction", ("torch", "lightning", "safetensors"), "train"),
        ("export to ONNX", ("onnx", "onnxscript", "onnxruntime"), "export"),
    ):
        missing = [name for name in modules if find_spec(name) is None]
        state = "[green]ready[/]" if not missing else f"[yellow]lacks {', '.join(missing)}[/]"
        table.add_row(part, state, f"pip install 'einthoven\\[{extra}]'" if missing else "")
    harmful = [name for name in ("torchvision", "timm") if find_spec(name)]
    if harmful:
        table.add_row("environment", f"[red]{', '.join(harmful)} present[/]", f"pip uninstall {' '.join(harmful)}")
    table.add_row("accelerator", _accelerator(), "")
    free_gb = shutil.disk_usage(".").free / 1e9
    table.add_row("machine", f"{os.cpu_count()} cores, {free_gb:.0f} GB free here, Python {environment['python']}", "")
    console.print(table)


def _accelerator() -> str:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        return "unknown without torch"
    from einthoven.models.device import describe_device

    return describe_device()
