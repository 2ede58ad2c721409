"""A loop that closes in the cone is shown until it closes in the whole model."""

from __future__ import annotations

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import NeverForever
from tunnelproof.verification.prove import prove


def test_a_variable_outside_the_cone_that_takes_two_rounds_is_waited_for() -> None:
    lamp = Component("lamp", actor="hand")
    on = lamp.variable("on", bool, start=False)
    presses = lamp.variable("presses", Range(0, 2), start=0)
    # `presses` is read by nobody whom the claim is about: the loop press, press closes without it.
    more = (presses + 1) % 3
    lamp.action("press", then={on: ~on, presses: more})
    lamp.action("look", when=presses == 2, then={presses: 2})
    system = compose("lamp", configuration=Configuration(), components=[lamp])
    claim = NeverForever(id="lamp.settles", sentence="The lamp settles.", points=(taken("press") & name("on"),))
    (run,) = prove(system, [claim], engine="reference")[claim.id].cells[0].evidence.runs
    assert run.loop is not None
    assert len(run.steps) > run.loop
    assert run.states[run.loop] == run.states[-1]
    assert len(run.states) == len(run.steps) + 1
    assert (len(run.steps) - run.loop) % 6 == 0  # two states of the lamp, three of the counter
