"""Build the wheel, install it alone in a clean environment, and evaluate scores there, where torch is absent."""

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


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command, and stop at its failure."""
    subprocess.run([str(word) for word in command], cwd=cwd, check=True)


def main() -> None:
    """Build, install, import, evaluate."""
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
    sys.stdout.write("1 passed, 0 failed\n")


if __name__ == "__main__":
    main()
