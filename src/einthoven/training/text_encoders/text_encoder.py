"""What every text encoder offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["TextEncoder"]


class TextEncoder(ABC):
    """Texts become vectors; equal texts the same one, and texts without a word none.

    A text encoder is a final subclass that is made from one word of a study file (``""`` where it says none).
    """

    @abstractmethod
    def encode_distinct(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (text, V) of texts that differ and hold a word; at least one."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector per text.

        Parameters
        ----------
        texts : sequence of str
            All that are to be compared: an encoder may learn from them. Doubled spaces don't count.

        Returns
        -------
        float32 (text, V)
            NaN for an empty text; V is 0 where all are.
        """
        words = [" ".join(text.split()) for text in texts]
        distinct = sorted(set(words) - {""})  # by their letters, so that the order of records changes nothing
        if not distinct:
            return np.full((len(words), 0), np.nan, np.float32)
        vectors = self.encode_distinct(distinct).astype(np.float32, copy=False)
        row = {text: index for index, text in enumerate(distinct)}
        with_none = np.concatenate([vectors, np.full((1, vectors.shape[1]), np.nan, np.float32)])
        encoded: NDArray[np.float32] = with_none[[row.get(text, -1) for text in words]]
        return encoded
