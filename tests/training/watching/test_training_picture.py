"""The picture shows what the tables hold, and says where nothing was measured."""

from __future__ import annotations

import numpy as np
import pytest

from einthoven.training.watching.training_picture import training_figure, write_training_figure


def _lines(**columns):
    cells = zip(*([str(value) for value in values] for values in columns.values()), strict=True)
    return [dict(zip(columns, line, strict=True)) for line in cells]


HISTORY = _lines(
    step=[10, 20, 30],
    loss=[3.0, 2.0, 1.0],
    **{"cpc.loss": [2.0, 1.5, 0.75], "cpc.accuracy": [0.1, 0.2, 0.3], "supervised.loss": [1.0, 0.5, 0.25]},
    samples_per_s=[100, 200, 210],
    utilisation=["", 0.3, 0.3],
)
PROBES = _lines(
    step=[0, 15, 30],
    linear_auroc=[0.5, 0.7, 0.8],
    neighbour_auroc=[0.5, 0.6, 0.75],
    effective_rank=[9.0, 1.5, 7.0],
    labels=[5] * 3,
    width=[64] * 3,
    alarms=["", "effective_rank", ""],
)


def _drawn(axes):
    return {line.get_label(): line.get_ydata().tolist() for line in axes.lines}


def test_each_panel_holds_its_columns():
    losses, areas, ranks, speed = training_figure(HISTORY, PROBES, title="run").axes
    assert _drawn(losses) == {
        "loss": [3.0, 2.0, 1.0],
        "cpc.loss": [2.0, 1.5, 0.75],
        "supervised.loss": [1.0, 0.5, 0.25],
    }
    assert _drawn(areas) == {"linear probe": [0.5, 0.7, 0.8], "20 neighbours": [0.5, 0.6, 0.75]}
    assert _drawn(ranks) == {"effective rank": [9.0, 1.5, 7.0], "alarm": [1.5]}
    assert _drawn(speed) == {"windows/s": [100.0, 200.0, 210.0]}
    titles = [axes.get_title(loc="left") for axes in (areas, ranks, speed)]
    assert titles == [
        "Macro AUROC, validation (5 labels)",
        "Effective rank of the embeddings (of 64)",
        "Windows/s, 30.0% of the matrix rate",
    ]


def test_one_label_is_one():
    probes = _lines(step=[0, 15], linear_auroc=[0.5, 0.7], neighbour_auroc=[0.5, 0.6], labels=[1, 1], width=[8, 8])
    assert training_figure([], probes, title="run").axes[1].get_title(loc="left") == "Macro AUROC, validation (1 label)"


def test_curves_differ_in_colour_and_dashes():
    losses = training_figure(HISTORY, PROBES, title="run").axes[0]
    looks = {(line.get_color(), line.get_linestyle()) for line in losses.lines}
    assert len(looks) == 3
    assert len({dashes for _, dashes in looks}) == 3


def test_a_loss_over_several_decades_is_drawn_on_a_logarithmic_axis():
    assert training_figure(HISTORY, [], title="run").axes[0].get_yscale() == "linear"
    steep = _lines(step=[1, 2], loss=[100.0, 0.1])
    assert training_figure(steep, [], title="run").axes[0].get_yscale() == "log"


@pytest.mark.parametrize(
    "probes", [[], _lines(step=[0], linear_auroc=[""], effective_rank=[3.0], labels=[0], width=[8])]
)
def test_what_was_not_measured_is_said(probes):
    figure = training_figure([], probes, title="a $ in the name")
    assert "not measured" in {text.get_text() for axes in figure.axes for text in axes.texts}


def test_both_files_are_written_alike_twice(tmp_path):
    contents = []
    for _ in range(2):
        write_training_figure(HISTORY, PROBES, folder=tmp_path, title="run")
        contents.append([(tmp_path / name).read_bytes() for name in ("training.svg", "training.png")])
    assert contents[0] == contents[1]
    assert b"linear probe" in contents[0][0]
    assert np.frombuffer(contents[0][1][:4], np.uint8).tolist() == [137, 80, 78, 71]
