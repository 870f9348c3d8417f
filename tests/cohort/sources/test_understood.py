"""Statements that nobody understands say nothing."""

from __future__ import annotations

from einthoven.cohort.sources.understood import findings_of, not_understood


def test_words_of_another_language_leave_labels_unknown():
    """Nor is an ECG of which nothing is said without every finding."""
    assert findings_of(["심방세동"]) is None
    assert findings_of(["xyzzy foo", "123", ""]) is None
    assert findings_of([]) is None


def test_what_is_understood_decides():
    """One understood statement is enough, also one that says nothing of findings."""
    assert findings_of(["xyzzy", "Low voltage QRS"]) == {"low_voltage": "present"}
    assert findings_of(["No previous ECGs available"]) == {}


def test_unknown_words_are_counted_with_the_most_frequent():
    """A user sees what the archive holds."""
    (note,) = not_understood(["Low voltage QRS", "xyzzy", "xyzzy", "42"])
    assert note.startswith("2 of 3 statements")
    assert "'xyzzy' (2)" in note
    assert not_understood(["Low voltage QRS"]) == ()
