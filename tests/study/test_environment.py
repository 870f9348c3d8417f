"""A run says which code made it, and never a stranger's commit."""

from __future__ import annotations

import subprocess

import einthoven
from einthoven.study.environment import code_version, describe_environment


def test_versions_of_what_can_change_a_number_are_listed():
    """No host name, no user."""
    environment = describe_environment()
    assert environment["einthoven"] == einthoven.__version__
    assert {"numpy", "scipy", "torch"} <= set(environment["packages"])


def test_code_inside_somebody_elses_repository_has_no_commit(tmp_path, monkeypatch):
    """A virtual environment often lies in a repository that knows nothing of it."""
    (tmp_path / "__init__.py").write_text("")
    (tmp_path / "other").write_text("")
    for words in (["init", "-q"], ["add", "other"], ["-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    monkeypatch.setattr(einthoven, "__file__", str(tmp_path / "__init__.py"))
    assert code_version() == einthoven.__version__
