"""Set A of the PhysioNet/CinC Challenge 2011 in small, as published, and with one table of judgements."""

from __future__ import annotations

from pathlib import Path

from einthoven.cohort.sources.cinc2011 import Cinc2011
from fakes.wfdb_files import write_wfdb

NAMES = ("1002603", "1002867", "1013179", "1015620")


def make_cinc2011(folder: Path) -> Cinc2011:
    """Write four ECGs: two acceptable, one unacceptable, one in neither list."""
    (folder / "set-a").mkdir()
    for name in NAMES:
        write_wfdb(folder / "set-a", name, gain="200/mV")
    (folder / "set-a" / "RECORDS-acceptable").write_text(f"{NAMES[1]}\n{NAMES[2]}\n")
    (folder / "set-a" / "RECORDS-unacceptable").write_text(f"{NAMES[0]}\n")
    return Cinc2011(str(folder))


def make_cinc2011_table(folder: Path) -> Cinc2011:
    """Write the same judgements as a table."""
    source = make_cinc2011(folder)
    for quality in ("acceptable", "unacceptable"):
        (folder / "set-a" / f"RECORDS-{quality}").unlink()
    words = ("unacceptable", "acceptable", "acceptable", "indeterminate")
    rows = [f"{name},{word}" for name, word in zip(NAMES, words, strict=True)]
    (folder / "labels.csv").write_text("\n".join(["record,quality", *rows]) + "\n")
    return source
