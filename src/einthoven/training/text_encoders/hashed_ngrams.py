"""Reports as weighted words and parts of words, in few dimensions: nothing is downloaded, and the result is always one.

Words and pairs of words, and three to five letters within words (so that inflections and typing errors are near), are
hashed (Weinberger et al. 2009, doi:10.1145/1553374.1553516), weighted by how rare they are (Spaerck Jones 1972,
doi:10.1108/eb026526), and reduced by a truncated singular value decomposition (Deerwester et al. 1990, latent semantic
analysis, doi:10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9). Weights and directions are learnt from the
texts that are encoded, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from einthoven.errors import SpecificationError
from einthoven.training.text_encoders.text_encoder import TextEncoder

__all__ = ["HashedNgrams"]

WIDTH = 128

HASHED_TO = 2**18
"""Columns before the reduction: reports of ECGs have some ten thousand words and parts of words."""

SEED = 0
"""Of the random directions that the decomposition starts from."""


class HashedNgrams(TextEncoder):
    """Latent semantic analysis of the texts.

    Parameters
    ----------
    argument : str
        Most numbers per text; 128 where empty. Fewer come out where the texts span fewer dimensions.
    """

    def __init__(self, argument: str = "") -> None:
        if argument and (not argument.isdigit() or int(argument) < 1):
            raise SpecificationError(f"hashed_ngrams takes a width from 1, such as hashed_ngrams:64, got {argument!r}")
        self.width = int(argument) if argument else WIDTH

    @override
    def encode_distinct(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (text, V) of length 1, V up to ``width``."""
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.preprocessing import normalize
        from sklearn.utils.extmath import randomized_svd

        hashed = make_union(
            HashingVectorizer(n_features=HASHED_TO, ngram_range=(1, 2), norm=None, alternate_sign=False),
            HashingVectorizer(
                n_features=HASHED_TO, analyzer="char_wb", ngram_range=(3, 5), norm=None, alternate_sign=False
            ),
        )
        weighted = make_pipeline(hashed, TfidfTransformer(sublinear_tf=True)).fit_transform(texts)
        used = weighted[:, np.unique(weighted.indices)]  # most columns are empty, and would cost as much as the others
        left, strength, _ = randomized_svd(used, min(self.width, *used.shape), n_iter=7, random_state=SEED)
        vectors: NDArray[np.float32] = normalize(left * strength).astype(np.float32)
        return vectors
