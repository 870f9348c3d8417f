"""Whoever evaluates weights on data that they have seen is told: such scores say little about other patients.

Published weights come with what their authors trained on (``Checkpoint.seen_in_pretraining``), which this study's split
knows nothing of. ECGs are also published several times, in collections and on their own: the catalogue of data sets
says which hold the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from einthoven.cohort.datasets import catalogue, shared_ecgs
from einthoven.models.public.public_model import Seen

__all__ = ["CONTAMINATED", "POSSIBLY_CONTAMINATED", "contamination_notes", "seen_in_words"]

# how the notes begin, by which the report knows them
CONTAMINATED = "Contaminated:"
POSSIBLY_CONTAMINATED = "Possibly contaminated:"


def contamination_notes(public: str, seen: Sequence[Seen], *, name: str, source: str = "") -> tuple[str, ...]:
    """Return what must be said beside scores on a data set; nothing where the weights haven't seen its ECGs.

    Parameters
    ----------
    public : str
        Name of the published model.
    seen : sequence of Seen
        Data sets that its authors trained on.
    name : str
        What the evaluated data set is called in the study.
    source : str
        The source that reads it; a data set may be named by either.

    Examples
    --------
    >>> contamination_notes("a_model", [Seen("ptb_xl", "1.0.3", "folds 1 to 8")], name="B", source="ptb_xl")
    ('Contaminated: the weights of a_model have seen ptb_xl 1.0.3 (folds 1 to 8): scores on B say little about other
     patients.',)
    >>> contamination_notes("a_model", [Seen("cinc2021", split="its Ningbo part")], name="ptb_xl")
    ('Possibly contaminated: the weights of a_model have seen cinc2021 (its Ningbo part), which shares ECGs with ptb_xl:
     find out whether scores on ptb_xl are of ECGs that they have seen.',)
    """
    names = {name, source} - {""}
    same = [one for one in seen if one.data_set in names]
    if same:
        words = _listed([seen_in_words(one) for one in same])
        told = f"the weights of {public} have seen {words}: scores on {name} say little about other patients."
        return (f"{CONTAMINATED} {told}",)
    sharing = [one for one in seen if names & _shared(one.data_set)]
    if not sharing:
        return ()
    words = _listed([seen_in_words(one) for one in sharing])
    share = "shares" if len(sharing) == 1 else "share"
    told = (
        f"the weights of {public} have seen {words}, which {share} ECGs with {name}: find out whether scores on {name} "
        "are of ECGs that they have seen."
    )
    return (f"{POSSIBLY_CONTAMINATED} {told}",)


def seen_in_words(seen: Seen) -> str:
    """Return data set, version and part.

    Examples
    --------
    >>> seen_in_words(Seen("ptb_xl", "1.0.3"))
    'ptb_xl 1.0.3 (all)'
    """
    return " ".join(filter(None, (seen.data_set, seen.version, f"({seen.split})")))


def _shared(data_set: str) -> set[str]:
    """Return the names of data sets that hold ECGs of this one."""
    known = catalogue()
    return set(shared_ecgs(known[data_set])) if data_set in known else set()


def _listed(words: Sequence[str]) -> str:
    return " and ".join("; ".join(words).rsplit("; ", 1))
