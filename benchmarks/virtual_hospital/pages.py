"""Real ECGs on paper and their simulated twins beside them, for looking at: ``runs/virtual_hospital/pages``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from findings import group_names
from real_ecgs import RealEcg, real_ecgs
from shared import RUNS
from twins import measured_reals, twins

from einthoven.drawing.ecg_paper import draw_ecg
from einthoven.drawing.svg import write_figure
from einthoven.ecg.record import Record

GROUPS = ("normal", "AF", "LBBB", "RBBB", "MI", "LVH")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--groups", nargs="+", default=list(GROUPS), choices=group_names())
    parser.add_argument("--out", type=Path, default=RUNS / "pages")
    parser.add_argument("--blind", action="store_true", help="no titles, real and simulated in random order")
    parser.add_argument("--layout", choices=["3x4", "12x1"], default="3x4")
    arguments = parser.parse_args()
    chosen = chosen_ecgs(real_ecgs(), arguments.pages, groups=arguments.groups)
    arguments.out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    made = [twin.record for twin in twins(chosen, measured_reals(chosen))]
    key = []
    for page, (ecg, simulated) in enumerate(zip(chosen, made, strict=True), start=1):
        pair = [(_plain(ecg.record), "real"), (_plain(simulated), "simulated")]
        swapped = arguments.blind and random.random() < 0.5
        for letter, (record, kind) in zip("ab", pair[::-1] if swapped else pair, strict=True):
            words = ", ".join(sorted(ecg.findings)) or "nothing stated"
            title = f"{page}{letter}" if arguments.blind else f"{page}{letter} {kind}: {words}"
            figure = draw_ecg(record, title=title[:110], layout=arguments.layout)
            write_figure(figure, arguments.out / f"{page:02d}{letter}.png")
            key.append(f"{page:02d}{letter},{kind},{ecg.source},{ecg.number},{words.replace(', ', '|')}")
    _write_index(arguments.out, len(chosen))
    (arguments.out / "key.csv").write_text("page,kind,source,number,findings\n" + "\n".join(key) + "\n")


def _write_index(folder: Path, pages: int) -> None:
    """Write a page that shows each pair side by side."""
    picture = '<img src="{page:02d}{letter}.png" width="49%">'
    pairs = [
        "<p>" + " ".join(picture.format(page=page, letter=letter) for letter in "ab") + "</p>"
        for page in range(1, pages + 1)
    ]
    (folder / "index.html").write_text("<!doctype html><title>Real and simulated ECGs</title>\n" + "\n".join(pairs))


def chosen_ecgs(ecgs: Sequence[RealEcg], count: int, *, groups: Sequence[str]) -> list[RealEcg]:
    """Return ``count`` ECGs, the groups in turn, each ECG once."""
    random = np.random.default_rng(1)
    waiting = {group: [ecgs[k] for k in random.permutation(len(ecgs)) if group in ecgs[k].groups] for group in groups}
    chosen: dict[tuple[str, int], RealEcg] = {}
    while len(chosen) < count and any(waiting.values()):
        for group in groups:
            if waiting[group] and len(chosen) < count:
                ecg = waiting[group].pop()
                chosen[ecg.source, ecg.number] = ecg
    return list(chosen.values())


def _plain(record: Record) -> Record:
    """Return the record without what its paper would tell of its origin."""
    return Record(record.signal, record.leads, record.sampling_rate_hz, record.record_id)


if __name__ == "__main__":
    main()
