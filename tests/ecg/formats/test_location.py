from __future__ import annotations

import pickle

from einthoven.ecg.formats import RecordLocation


def test_a_location_goes_to_another_process_unchanged():
    location = RecordLocation("7", "a/7.hea", "wfdb", {"unit": "uV"}, patient_id="p")
    assert pickle.loads(pickle.dumps(location)) == location
