"""Random systems and claims: what the judge has accepted is accepted; of what has been changed, only what is true.

`tests/long/certificates.py` tries far more of it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.long.false_statements import CELLS, changed_statement
from tests.long.written_certificates import checked, written
from tests.long.wrong_evidence import changed_places
from tests.oracle.runs import TooLargeError
from tests.oracle.statements import Truth, faults
from tests.systems import CERTIFIABLE, claims, systems
from tests.unit.certify.written import findings, read, write

from tunnelproof.errors import ModelError
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))


def certificates(folder: Path, system: System, claim: Claim) -> list[Path]:
    """Return the certificates of a claim, those of domains too; none if the model is refused."""
    try:
        write(folder, system, [claim])
    except ModelError:
        return []
    return sorted(folder.iterdir())


@settings(SLOW, max_examples=20)
@pytest.mark.parametrize("kind", CERTIFIABLE)
@given(data=st.data())
def test_what_is_proved_or_refuted_is_accepted(kind: str, data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    with tempfile.TemporaryDirectory() as folder:
        for path in certificates(Path(folder), system, claim):
            cells = read(path)["cells"]
            decided = [cell["verdict"] in ("proved", "refuted") for cell in cells]
            found = findings(path)
            assert [status == 0 for status, _, _ in found] == decided, (path.name, found)


@settings(SLOW, max_examples=30)
@pytest.mark.parametrize("kind", CERTIFIABLE)
@given(data=st.data(), random=st.randoms(use_true_random=True))
def test_what_is_accepted_after_a_change_is_true(kind: str, data: st.DataObject, random: Random) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    with tempfile.TemporaryDirectory() as folder:
        try:
            (one,) = written(Path(folder), system, [claim])
        except ModelError:
            assume(False)
            return
        said = changed_statement(random, one.said, random.choice(list(CELLS.values()))) or one.said
        found = checked(Path(folder), changed_places(random, one.saying(said)), one.beside_for(said))
        if found is not None and all(status == 0 for status, _, _ in found):
            try:
                assert not faults(said, Truth(system, claim)), (said, found)
            except TooLargeError:
                return
