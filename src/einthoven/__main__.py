"""``python -m einthoven`` is the command ``einthoven``, for launchers of modules such as ``torchrun -m einthoven``."""

from __future__ import annotations

from einthoven.cli.main import main

if __name__ == "__main__":
    main()
