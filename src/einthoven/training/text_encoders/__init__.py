"""How reports become vectors, for objectives that compare ECGs with them.

``TEXT_ENCODERS`` lists them; another package adds one by the entry point group ``einthoven.text_encoders``. A study
names one in ``[pretrain.NAME.vectors]``, with what it needs to know behind a colon: ``local_transformer:models/bert``.
"""

from __future__ import annotations

from einthoven.errors import SpecificationError
from einthoven.registry import resolve
from einthoven.training.text_encoders.text_encoder import TextEncoder

__all__ = ["TEXT_ENCODERS", "TextEncoder", "text_encoder"]

TEXT_ENCODERS = {
    "hashed_ngrams": "einthoven.training.text_encoders.hashed_ngrams:HashedNgrams",
    "local_transformer": "einthoven.training.text_encoders.local_transformer:LocalTransformer",
}


def text_encoder(name: str) -> TextEncoder:
    """Return the encoder that a study names: ``NAME``, or ``NAME:ARGUMENT``.

    Raises
    ------
    UnknownNameError
        Names the nearest.
    SpecificationError
        It refuses its argument; says what it accepts.

    Examples
    --------
    >>> text_encoder("hashed_ngrams:2").encode(["sinus rhythm", "atrial fibrillation", "sinus rhythm"]).shape
    (3, 2)
    """
    name, _, argument = name.partition(":")
    encoder = resolve("text_encoders", name, TEXT_ENCODERS)(argument)
    if not isinstance(encoder, TextEncoder):
        raise SpecificationError(f"text encoder {name!r} must be a TextEncoder, got {type(encoder).__name__}")
    return encoder
