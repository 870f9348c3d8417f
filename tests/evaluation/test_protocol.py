from __future__ import annotations

import dataclasses

import pytest

from einthoven.errors import SpecificationError, UnknownNameError, UnreadableFileError
from einthoven.evaluation.protocol import Protocol


def test_a_toml_file_becomes_a_protocol_and_back(tmp_path):
    """Lists become tuples; the resolved form holds the defaults."""
    file = tmp_path / "protocol.toml"
    file.write_text(
        'outcomes = ["AF"]\ncomparisons = [["net", "reader"]]\nsubgroups = ["group.sex"]\nlevel = 0.9\nseed = 4\n'
    )
    protocol = Protocol.from_toml(file)
    assert protocol == Protocol(
        outcomes=("AF",), comparisons=(("net", "reader"),), subgroups=("group.sex",), level=0.9, seed=4
    )
    assert Protocol.from_dict(protocol.to_dict()) == protocol
    assert protocol.to_dict()["resamples"] == 1000


def test_hash_changes_with_every_setting():
    """Equal protocols have equal hashes, others don't."""
    base = Protocol()
    assert Protocol().hash == base.hash
    others = {"outcomes": ("a",), "models": ("m",), "splits": ("test",), "comparisons": (("a", "b"),)}
    others |= {"subgroups": ("site",), "resamples": 10, "seed": 1, "level": 0.9}
    hashes = {dataclasses.replace(base, **{name: value}).hash for name, value in others.items()}
    assert len(hashes | {base.hash}) == len(others) + 1


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"outcome": []}, UnknownNameError, "did you mean 'outcomes'"),
        ({"splits": ["tests"]}, UnknownNameError, "did you mean 'test'"),
        ({"threshold_rule": "yuden"}, UnknownNameError, "did you mean 'youden'"),
        ({"level": 95}, SpecificationError, "between 0 and 1"),
        ({"resamples": 0}, SpecificationError, "at least 1"),
        ({"resamples": "many"}, SpecificationError, "of type int"),
        ({"seed": True}, SpecificationError, "of type int"),
        ({"outcomes": "AF"}, SpecificationError, "list of names"),
        ({"comparisons": [["a"]]}, SpecificationError, "pairs of models"),
        ({"version": 3}, SpecificationError, "version must be 1 to 2"),
        ({"thresholds": []}, SpecificationError, "at least one rule"),
        ({"analyses": ["performanc"]}, UnknownNameError, "did you mean 'performance'"),
        ({"exploratory": ["fairnes"]}, UnknownNameError, "did you mean 'fairness'"),
        ({"analyses": ["all"]}, UnknownNameError, "there is no analysis 'all'"),
        ({"multiplicity": "hohlm"}, UnknownNameError, "did you mean 'holm'"),
        ({"margin": -0.1}, SpecificationError, "margin and minimum_events must be at least 0"),
        ({"prevalences": [1.5]}, SpecificationError, "prevalences must lie between 0 and 1"),
        ({"prevalences": ["a"]}, SpecificationError, "list of numbers"),
        ({"strata": ["risk 0.1"]}, SpecificationError, "two borders or none"),
        ({"strata": ["risk 0.1", "rsik 0.2"]}, UnknownNameError, "no border of risk 'rsik 0.2'"),
        (
            {"restrictions": ["covariate.lvef about 40"]},
            SpecificationError,
            "'covariate.lvef about 40' isn't understood",
        ),
        ({"horizons_days": [365, 0]}, SpecificationError, "horizons_days must be positive, got 0"),
        ({"splits": []}, SpecificationError, "splits must name at least one"),
        ({"comparisons": [["net", "net"]]}, SpecificationError, "of two models, got 'net' twice"),
    ],
)
def test_wrong_settings_are_refused(settings, error, words):
    """With what is accepted."""
    with pytest.raises(error, match=words):
        Protocol.from_dict(settings)


def test_an_unreadable_file_is_named(tmp_path):
    """Missing, or no TOML."""
    with pytest.raises(UnreadableFileError, match="gone"):
        Protocol.from_toml(tmp_path / "gone.toml")
    (tmp_path / "p.toml").write_text("seed =")
    with pytest.raises(SpecificationError, match="no valid TOML"):
        Protocol.from_toml(tmp_path / "p.toml")


def test_a_protocol_of_version_1_is_read():
    """Its one rule is the first of the thresholds."""
    assert Protocol.from_dict({"version": 1, "threshold_rule": "youden"}).thresholds == ("youden",)


def test_exploratory_analyses_run_beside_the_planned_ones():
    """Named ones, or every other one; without any plan all run."""
    assert Protocol().runs("fairness")
    planned = Protocol(analyses=("performance",), exploratory=("survival",))
    assert [name for name in ("performance", "survival", "fairness") if planned.runs(name)] == [
        "performance",
        "survival",
    ]


def test_a_comparison_with_a_model_that_is_left_out_is_refused():
    """A planned comparison doesn't vanish without a word."""
    with pytest.raises(SpecificationError, match="comparisons name the model 'b', which isn't among models"):
        Protocol(models=("a",), comparisons=(("a", "b"),))
    assert Protocol(models=("a", "b"), comparisons=(("a", "b"),)).comparisons
    assert Protocol(comparisons=(("a", "b"),)).comparisons
