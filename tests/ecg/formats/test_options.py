from __future__ import annotations

import pytest

from einthoven.ecg.formats.options import check_options
from einthoven.errors import UnknownNameError


def test_known_options_pass_and_unknown_ones_name_the_nearest():
    check_options({"unit": 1}, accepted=["unit"], reader="x")
    with pytest.raises(UnknownNameError, match="format 'x' has no option 'unis'; did you mean 'unit'"):
        check_options({"unis": 1}, accepted=["unit"], reader="x")
