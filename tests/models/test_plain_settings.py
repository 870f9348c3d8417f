"""Plain values become settings."""

from __future__ import annotations

import pytest

from einthoven.errors import UnknownNameError
from einthoven.models.lead_adaptation import LeadAdaptation
from einthoven.models.plain_settings import settings_from


def test_lists_stand_for_tuples():
    plain = {"kind": "select", "from_leads": ["I", "II"], "to_leads": ["II"]}
    assert settings_from(LeadAdaptation, plain, where="adaptation") == LeadAdaptation("select", ("I", "II"), ("II",))


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(UnknownNameError, match="adaptation has no setting 'form_leads'; did you mean 'from_leads'"):
        settings_from(LeadAdaptation, {"form_leads": []}, where="adaptation")
