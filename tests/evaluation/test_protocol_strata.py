from __future__ import annotations

from einthoven.evaluation.evaluate import context_for
from einthoven.evaluation.protocol import Protocol
from einthoven.evaluation.protocol_strata import strata_of
from fakes.predictions import fake_predictions


def test_borders_are_those_of_the_protocol_and_none_on_their_own_split():
    """And none where the protocol asks for none."""
    predictions = fake_predictions(models=("net",))
    protocol = Protocol(strata=("sensitivity 0.9", "specificity 0.9"), splits=("validation", "test"))
    context = context_for(predictions, protocol)
    found = {one.split: strata_of(context, one) for one in context.main}
    assert found["validation"] is None
    assert found["test"].rules == protocol.strata
    assert strata_of(context_for(predictions, Protocol()), context.main[0]) is None
