"""Build the wheel, install it alone in a clean environment, and use there what has to work without torch."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCORES = "record_id,split,score.AF,truth.AF\n" + "".join(f"r{i},test,{i / 40:.3f},{i % 3 // 2}\n" for i in range(40))
CHECK = """
import importlib.util, einthoven
assert importlib.util.find_spec("torch") is None, "torch came along with the core package"
assert "site-packages" in einthoven.__file__, einthoven.__file__
print("einthoven", einthoven.__version__)
"""

STUDY = """
version = 1
[data.clinic]
source = "hospital"
path = "clinic"
format = "muse"
path_pattern = "{record_id}.xml"
ecgs = { file = "ecgs.csv" }
reports = { file = "echo.csv" }
[cohort]
auxiliary_labels = "einthoven46"
outcomes = { weak = "lvef <= 40" }
pairing = { window_days = 14 }
[arm.main]
"""


def make_clinic(folder: Path) -> None:
    """Write a study of forty patients, each with an ECG and an echo as free text."""
    clinic = folder / "clinic"
    clinic.mkdir()
    for number in range(40):
        (clinic / f"{number}.xml").touch()
    ecgs = "".join(f"{number},{number},2020-01-10 10:00:00,Sinus rhythm\n" for number in range(40))
    (clinic / "ecgs.csv").write_text("record_id,patient_id,ecg_time,statements\n" + ecgs)
    echoes = "".join(f"{number},2020-01-12 10:00:00,LVEF {60 - 30 * (number % 2)} %\n" for number in range(40))
    (clinic / "echo.csv").write_text("patient_id,outcome_time,report\n" + echoes)
    (folder / "study.toml").write_text(STUDY)


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command, and stop at its failure."""
    subprocess.run([str(word) for word in command], cwd=cwd, check=True)


def main() -> None:
    """Build, install, import, evaluate scores and report on them, make a cohort."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
        venv.create(folder / "clean", with_pip=True)
        python = folder / "clean" / "bin" / "python"
        wheel = next(folder.glob("*.whl"))
        run(python, "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel, cwd=folder)
        run(python, "-c", CHECK, cwd=folder)
        (folder / "scores.csv").write_text(SCORES)
        run(python.parent / "einthoven", "evaluate", "scores.csv", "--out", "validation", cwd=folder)
        if not (folder / "validation" / "results.csv").is_file():
            raise SystemExit("einthoven evaluate wrote no results.csv")
        report = f"einthoven[report] @ {wheel.as_uri()}"
        run(python, "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", report, cwd=folder)
        run(python.parent / "einthoven", "evaluate", "scores.csv", "--out", "validation", "--report", cwd=folder)
        run(python, "-c", CHECK, cwd=folder)
        if "</html>" not in (folder / "validation" / "report.html").read_text(encoding="utf-8"):
            raise SystemExit("einthoven evaluate --report wrote no whole report")
        make_clinic(folder)
        run(python.parent / "einthoven", "cohort", "study.toml", "--out", "cohort", "--json", cwd=folder)
        if not (folder / "cohort" / "cohort.parquet").is_file():
            raise SystemExit("einthoven cohort wrote no cohort.parquet")
    sys.stdout.write("1 passed, 0 failed\n")


if __name__ == "__main__":
    main()
