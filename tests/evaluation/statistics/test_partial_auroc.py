from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from einthoven.errors import SpecificationError
from einthoven.evaluation.statistics.auroc import auroc
from einthoven.evaluation.statistics.partial_auroc import partial_auroc


@pytest.mark.real_data
def test_equals_pROC(haemorrhage):  # noqa: N802 - the package's own spelling
    """All printed digits of R's pROC."""
    expected = haemorrhage.expected["partial_auc"]["wfns_spec_1_to_0.9"]
    found = partial_auroc(haemorrhage.scores["wfns"], haemorrhage.truth, min_specificity=0.9)
    assert found == pytest.approx(expected, abs=1e-15)


def test_equals_scikit_learn_after_its_rescaling(reference):
    """McClish's standardisation turned back."""
    standardised, limit = roc_auc_score(reference.truth, reference.b, max_fpr=0.2), 0.2
    low, high = limit**2 / 2, limit
    expected = (2 * standardised - 1) * (high - low) + low
    assert partial_auroc(reference.b, reference.truth, min_specificity=0.8) == pytest.approx(expected, abs=1e-14)


def test_all_specificities_give_the_whole_area(reference):
    """The part is then the whole."""
    whole = auroc(reference.a, reference.truth).value
    assert partial_auroc(reference.a, reference.truth, min_specificity=0.0) == pytest.approx(whole, abs=1e-14)


def test_a_limit_outside_zero_to_one_is_refused():
    """Specificity is a share."""
    with pytest.raises(SpecificationError):
        partial_auroc(np.array([0.1, 0.2]), np.array([0, 1]), min_specificity=1.0)
