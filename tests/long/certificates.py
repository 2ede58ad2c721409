"""Certificates of random systems, changed: what is false, or not shown, must be accepted by nobody."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.long import false_statements as statements
from tests.long import wrong_evidence as changes
from tests.long.campaign import Campaign, Tally, examples
from tests.long.judged_evidence import (
    Handed,
    Judged,
    accepts_all,
    handed,
    judged_about,
    judged_certificate,
    judged_witness,
)
from tests.long.shown_by_evidence import (
    Guarded,
    all_reachable,
    lacks_what_is_reachable,
    projected,
    reachable_rows,
    unproved,
    unwitnessed,
)
from tests.long.written_certificates import Document, Written, asked, checked, sliced, witness_document, written
from tests.oracle import decide, evidence
from tests.oracle.runs import TooLargeError
from tests.oracle.statements import Fault, Statement, Truth, faults
from tests.systems import CERTIFIABLE, claims, systems
from tests.systems.clocks import MIXED, claims_about_steps, with_clock
from tests.systems.formulas import chance, formula, pick

from tunnelproof.errors import ModelError, NothingToCheck
from tunnelproof.evidence.certificate import Certificate, Witness, WitnessKind
from tunnelproof.model.language.document import expression_document, to_json
from tunnelproof.model.language.expressions import TRUE, Expr
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.properties.claims import Claim, Fair, Recoverable, Tradeoff
from tunnelproof.properties.document import to_document

ASKED_ABOUT = "what is asked about"
ASKED = 2  # kinds of claim asked of a system, two claims of each, and a trade-off
STATEMENTS, EVIDENCE = 10, 6  # changes of each certificate to what it says, and to its evidence
OF_TRADEOFF = 4  # changes to what its certificate says
OF_ONE_SYSTEM = 2 * ASKED * (STATEMENTS + EVIDENCE) + OF_TRADEOFF
SLICES = ("slice without an action", "slice without a variable")
ENGINES = ("auto", "reference", "diagram", "explicit")
LEAST = 20_000  # wrong certificates


@dataclass(frozen=True)
class Subject:
    """A system, claims about it in pairs of one kind with a trade-off of some, and where they are asked."""

    system: System
    claims: tuple[Claim, ...]
    where: Expr | None
    engine: str


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    """Draw a system, two claims of some kinds, and sometimes a formula for the configurations to ask about."""
    system = draw(systems())
    kinds = draw(st.lists(st.sampled_from(CERTIFIABLE), min_size=ASKED, max_size=ASKED, unique=True))
    clock = chance(draw, 5)
    if clock:
        system = with_clock(system, draw(st.sampled_from(Fairness)))
    about = []
    for kind in kinds:
        for number in (1, 2):
            drawn = claims_about_steps if clock and kind in MIXED else claims
            about.append(replace(draw(drawn(system, kind)), id=f"{kind}.{number}"))
    rigid = {v.name: v.domain for v in system.configuration}
    where = formula(draw, rigid) if rigid and chance(draw, 3) else None
    named = draw(st.lists(st.sampled_from([claim.id for claim in about]), min_size=1, unique=True))
    about.append(Tradeoff(id="tradeoff", sentence="", claims=tuple(named)))
    return Subject(system, tuple(about), where, pick(draw, ENGINES))


def run(trials: int, seed: int, tally: Tally) -> None:
    """Make so many changes to certificates of random systems."""
    turn = itertools.count()

    def change(subject: Subject) -> None:
        with tally.trial(lambda: described(subject)), tempfile.TemporaryDirectory() as folder:
            try:
                found = written(Path(folder), subject.system, subject.claims, subject.where, subject.engine)
            except (ModelError, NothingToCheck):  # an assignment leaves its domain; nothing is asked about
                tally.counts["systems refused"] += 1
                return
            tally.counts["systems"] += 1
            random = Random(f"{seed} {next(turn)}")
            for one in found:
                Changing(random, Path(folder), one, found, tally).change()

    examples(subjects(), -(-trials // OF_ONE_SYSTEM), seed, change)


def described(subject: Subject) -> str:
    """Return what was asked, to be asked again."""
    where = "" if subject.where is None else json.dumps(expression_document(subject.where))
    about = [json.dumps(to_document(claim)) for claim in subject.claims]
    return "\n".join([to_json(subject.system), *about, f"where {where}, engine {subject.engine}"])


class Changing:
    """Changes one certificate in many ways."""

    def __init__(self, random: Random, folder: Path, one: Written, others: Sequence[Written], tally: Tally) -> None:
        self.random, self.folder, self.written, self.tally, self.counts = random, folder, one, tally, tally.counts
        self.others = [other for other in others if other is not one]
        said = one.said
        self.parts = [other.said.claim for other in self.others]  # of a trade-off
        alike = [claim for claim in self.parts if claim.kind == said.claim.kind]
        if isinstance(said.claim, Tradeoff):  # the parts' certificates stay as they are
            self.statements = {name: change for name, change in statements.CELLS.items() if name != ASKED_ABOUT}
            self.statements["claim: parts"] = statements.other_parts([claim.id for claim in self.parts])
        else:
            self.statements = {**statements.CELLS, **statements.CLAIM, **statements.MODEL}
            self.statements["another claim"] = statements.another_claim(alike)
        self.handed: Handed | None = None

    def change(self) -> None:
        """Hold the certificate against brute force as it is, and then with changes."""
        one, said = self.written, self.written.said
        assert one.saying(said) == one.document, "the statement is not as written"
        try:
            wrong = faults(said, Truth(said.system, said.claim, self.parts))
        except TooLargeError:
            self.counts["certificates too large for brute force"] += 1
            return
        assert not wrong, (said, wrong)
        self.counts[f"certificates: {said.claim.kind}"] += 1
        found = checked(self.folder, one.document, one.beside)
        assert found is not None
        decided = [cell.verdict != "unknown" for cell in said.cells]
        self.counts["cells unchanged: decided"] += sum(decided)
        if [status == 0 for status, _, _ in found] != decided:
            self.tally.fail(f"unchanged, and not accepted: {found}\n{json.dumps(one.document)}")
            return
        self.counts["cells unchanged: accepted"] += sum(decided)
        if not isinstance(said.claim, Tradeoff):
            self._hand_over()
        for _ in range(OF_TRADEOFF if isinstance(said.claim, Tradeoff) else STATEMENTS):
            self.change_statement()
        for _ in range(EVIDENCE):
            self.change_evidence()

    def _hand_over(self) -> None:
        """Have the reference engine's evidence for the claim judged as it is."""
        said = self.written.said
        found = handed(said.system, said.claim)
        try:
            right = tuple(answer.verdict for answer in decide(said.system, said.claim).values())
        except TooLargeError:
            return
        assert found.verdicts == right, (found.verdicts, right)
        self.counts["judge, unchanged: decided"] += 1
        if accepts_all(found):
            self.counts["judge, unchanged: accepted"] += 1
            self.handed = found
        else:
            self.tally.fail(f"unchanged, and not accepted by the judge:\n{json.dumps(self.written.document)}")

    # --- wrong statements ---------------------------------------------------------------------------------------------

    def change_statement(self) -> None:
        """Change what the certificate says, and sometimes its evidence besides; ask checker and judge."""
        name, said = self._changed_statement()
        self.counts[f"statement, {name}: drawn"] += 1
        truth = Truth(said.system, said.claim, self.parts)
        try:
            wrong = faults(said, truth)
        except TooLargeError:
            self.counts[f"statement, {name}: too large for brute force"] += 1
            return
        document = self._with_other_evidence(self._complete(self.written.saying(said), said))
        self._check(f"statement, {name}", document, self.written.beside_for(said), wrong)
        if name not in statements.CELLS and self.handed is not None:
            try:
                judged = judged_about(self.handed, truth)
            except TooLargeError:
                return
            for one in judged:
                self._judged(name, one, f"{to_json(said.system)}{to_document(said.claim)}")

    def _changed_statement(self) -> tuple[str, Statement]:
        names = list(self.statements)
        if isinstance(self.written.said.claim, Fair):  # most of these change nothing
            names += 4 * [name for name in names if "fair" in name]
        while True:
            name = self.random.choice(names)
            said = statements.changed_statement(self.random, self.written.said, self.statements[name])
            if said is not None:
                return name, said

    def _complete(self, document: Document, said: Statement) -> Document:
        """Make up the proof or the witness that a verdict needs and the certificate never had."""
        one, verdicts = self.written, {cell.verdict for cell in said.cells}
        if isinstance(said.claim, Tradeoff):
            return document
        if one.resting in verdicts and "proof" not in document:
            everywhere = [projected(c, one.said.system, one.part) for c in asked(one.said)]
            document = {**document, "proof": one.proof_by(all_reachable(one.part, everywhere))}
        if one.witnessed in verdicts and "witnesses" not in document:
            configuration = self.random.choice(asked(one.said))
            kind = WitnessKind.LASSO if isinstance(said.claim, Fair) else WitnessKind.TRACE
            kind = WitnessKind.TRAP if isinstance(said.claim, Recoverable) else kind
            witness = changes.invented(self.random, self._cone, Witness(kind, configuration, ()))
            named = dict(zip([v.name for v in one.said.system.configuration], configuration, strict=True))
            document = {**document, "witnesses": [witness_document(witness, True, named)]}
        return document

    def _with_other_evidence(self, document: Document) -> Document:
        """Sometimes stretch the evidence over more configurations, change it, or put another claim's in its place."""
        match self.random.choice(["as it was", "as it was", "as it was", "stretched", "changed", "another"]):
            case "stretched":
                return self._stretched(document)
            case "changed":
                return changes.changed_places(self.random, document)
            case "another" if self.others:
                other = self.random.choice(self.others).document
                kept = {key: value for key, value in document.items() if key not in ("slice", "proof", "witnesses")}
                return kept | {key: other[key] for key in ("slice", "proof", "witnesses") if key in other}
        return document

    def _stretched(self, document: Document) -> Document:
        """Let the guards hold everywhere, and copy a configuration's rows to another one."""
        witnesses = [{**witness, "guard": True} for witness in document.get("witnesses", [])]
        found = {**document, **({"witnesses": witnesses} if witnesses else {})}
        if self.written.dossier.certificate.closed is not None and "proof" in document:
            moved = changes.rows_of_another_configuration(self.random, self._cone, self._certificate)
            found["proof"] = self.written.proof_by(moved)
        return found

    # --- wrong evidence -----------------------------------------------------------------------------------------------

    @property
    def _cone(self) -> System:
        return self.written.dossier.outcome.cone

    @property
    def _certificate(self) -> Certificate:
        """The certificate with its rows in order, as its numbers mean them."""
        found = self.written.dossier.certificate
        return replace(found, closed=np.unique(changes.rows_of(found), axis=0))

    def change_evidence(self) -> None:
        """Change the evidence for a true statement; ask the checker, and the judge likewise."""
        one = self.written
        groups = ["proof"] * (bool(one.says(one.resting)) and one.dossier.certificate.closed is not None)
        groups += ["witnesses"] * bool(one.document.get("witnesses"))
        if not groups:
            return
        if self.random.choice(groups) == "proof":
            self._change_proof()
        else:
            self._change_witnesses()

    def _change_proof(self) -> None:
        one, claim = self.written, self.written.said.claim
        ways = {**changes.ROWS, **(changes.RANKS if isinstance(claim, Recoverable) else {})}
        name = self.random.choice([*ways, *SLICES])
        self.counts[f"evidence, {name}: drawn"] += 1
        if name in SLICES:
            (self._leave_action_out if name == SLICES[0] else self._leave_variable_out)()
            return
        changed = ways[name](self.random, self._cone, self._certificate)
        wrong = [Fault(name, place) for place in unproved(one, changed, one.part)]
        self._check(f"evidence, {name}", one.resting_on(changed, one.dossier.witnesses, self._cone), one.beside, wrong)
        if self.handed is not None and self.handed.certificate.closed is not None:
            self._judge_proof(self.handed, name, ways[name])
            if isinstance(claim, Fair):  # brute force does not say whether levels show it, but whether it is true
                self._judge_proof(self.handed, "levels changed", changes.levels_changed)

    def _judge_proof(self, handed: Handed, name: str, change: changes.CertificateChange) -> None:
        changed = change(self.random, handed.part, handed.certificate)
        self._judged(name, judged_certificate(handed, changed), f"{changed}")

    def _leave_action_out(self) -> None:
        """Leave an action out of the slice, and the rows that nothing else leads to: the set is closed without it."""
        one, name = self.written, "evidence, slice without an action"
        actions = [action.name for action in self._cone.actions]
        if not actions:
            return
        dropped = self.random.choice(actions)
        cone = self._cone.restricted_to(frozenset(actions) - {dropped})
        names: dict[str, Any] = {**one.document["slice"], "actions": [a for a in actions if a != dropped]}
        part = sliced(one.said.system, names)
        kept = reachable_rows(part, self._certificate)
        changed = changes.with_rows(self._certificate, changes.rows_of(self._certificate)[kept], kept)
        lacking = lacks_what_is_reachable(one, changed, part)
        wrong = [Fault(name, place) for place in one.says(one.resting)] if lacking else []
        self._check(name, one.resting_on(changed, one.dossier.witnesses, cone), one.beside, wrong)

    def _leave_variable_out(self) -> None:
        """Leave a variable or a configuration variable out of the slice and of the rows."""
        one, cone, name = self.written, self._cone, "evidence, slice without a variable"
        names = list(cone.domains)
        if not names:
            return
        place = self.random.randrange(len(names))
        kept = {key: [n for n in one.document["slice"][key] if n != names[place]] for key in one.document["slice"]}
        narrow = replace(
            cone,
            configuration=tuple(v for v in cone.configuration if v.name != names[place]),
            variables=tuple(v for v in cone.variables if v.name != names[place]),
        )
        rows = np.delete(changes.rows_of(self._certificate), place, axis=1)
        changed = changes.with_rows(self._certificate, rows, range(len(rows)))
        lacking = evidence.lacks(sliced(one.said.system, kept), one.said.claim)
        decided = [place for place, cell in enumerate(one.said.cells) if cell.verdict != "unknown"]
        wrong = [Fault(name, place) for place in decided] if lacking else []
        self._check(name, one.resting_on(changed, one.dossier.witnesses, narrow), one.beside, wrong)

    def _change_witnesses(self) -> None:
        one, said = self.written, self.written.said
        runs = [run for cell in one.dossier.outcome.cells for run in cell.evidence.runs]
        witnesses = [Guarded(w, r.guard, r.configuration) for w, r in zip(one.dossier.witnesses, runs, strict=True)]
        place = self.random.randrange(len(witnesses))
        name = self.random.choice([*changes.WITNESS, "another run", "guard", "found for", "witness left out"])
        self.counts[f"evidence, {name}: drawn"] += 1
        old = witnesses[place]
        match name:
            case "guard":
                pool = statements.rigid_parts(said.system)
                guard = self.random.choice([TRUE, self.random.choice(pool), statements.negate(old.guard)])
                witnesses[place] = replace(old, guard=guard)
            case "found for":
                values = {v.name: self.random.choice(v.domain.values) for v in said.system.configuration}
                witnesses[place] = replace(old, found_for=values)
            case "witness left out":
                del witnesses[place]
            case _:
                changed = changes.WITNESS[name](self.random, self._cone, old.witness)
                witnesses[place] = replace(old, witness=changed)
        listed = [witness_document(w.witness, expression_document(w.guard), w.found_for) for w in witnesses]
        document = {**one.document, "witnesses": listed}
        try:
            wrong = [Fault(name, cell) for cell in unwitnessed(one, witnesses)]
        except TooLargeError:
            return
        self._check(f"evidence, {name}", document, one.beside, wrong)
        if name in changes.WITNESS and self.handed is not None and self.handed.witnesses:
            changed = changes.WITNESS[name](self.random, self.handed.part, self.random.choice(self.handed.witnesses))
            self._judged(name, judged_witness(self.handed, changed), f"{changed}")

    # --- what checker and judge say -----------------------------------------------------------------------------------

    def _check(self, name: str, document: Document, beside: dict[str, Document], wrong: Sequence[Fault]) -> None:
        """Have the checker look at a certificate that is wrong; nothing that is may be accepted."""
        if not wrong:
            self.counts[f"{name}: still right"] += 1
            return
        kind = name.partition(",")[0]
        self.counts[f"{name}: wrong"] += 1
        self.counts[f"wrong: {kind}"] += 1
        self.counts[f"wrong: {self.written.said.claim.kind}"] += 1
        found = checked(self.folder, document, beside)
        if found is None:
            self.counts[f"{name}: no certificate any more"] += 1
            return
        of_cells = found[0][1] not in ("the model", "the domains", "the cells")
        accepted = [status == 0 for status, _, _ in found] if of_cells else []
        if any(accepted[fault.cell] if fault.cell is not None else True for fault in wrong if any(accepted)):
            text = json.dumps({"certificate": document, "beside": beside, "as written": self.written.document})
            self.tally.fail(f"ACCEPTED: {name}: {wrong}\n{found}\n{text}")
        what = "rejected" if any(status == 10 for status, _, _ in found) else "not checked"
        self.counts[f"{name}: {what}"] += 1
        self.counts[f"{kind}: {what}"] += 1

    def _judged(self, name: str, judged: Judged, what: str) -> None:
        self.counts[f"judge, {name}: drawn"] += 1
        if judged.wrongly:
            said = f"{to_json(self.written.said.system)}{to_document(self.written.said.claim)}"
            self.tally.fail(f"THE JUDGE ACCEPTED: {name}: {judged}\n{what}\n{said}")
        if judged.wrong:
            self.counts[f"judge, {name}: wrong"] += 1
            self.counts["judge: wrong"] += 1


def unmet(counts: Counter[str]) -> list[str]:
    """Name the changes that never made anything wrong; and say if fewer certificates were wrong than wanted."""
    wrong = counts["wrong: statement"] + counts["wrong: evidence"]
    missing = [] if wrong >= LEAST else [f"{wrong:,} wrong certificates"]
    of_statements = [*statements.CELLS, *statements.CLAIM, *statements.MODEL, "another claim"]
    of_evidence = [*changes.ROWS, *changes.RANKS, *changes.WITNESS, "guard", "found for", "witness left out"]
    names = [f"statement, {name}" for name in of_statements]
    names += [f"evidence, {name}" for name in (*of_evidence, *SLICES)]
    names.append("statement, claim: parts")
    missing += [f"no wrong one by '{name}'" for name in names if not counts[f"{name}: wrong"]]
    missing += [f"no wrong one for the judge by '{name}'" for name in of_judge() if not counts[f"judge, {name}: wrong"]]
    for who in ("cells unchanged", "judge, unchanged"):
        if counts[f"{who}: accepted"] != counts[f"{who}: decided"] or not counts[f"{who}: decided"]:
            missing.append(f"{who}: not all accepted")
    return missing


def of_judge() -> list[str]:
    """Name the changes of which the judge hears too."""
    about = [name for name in statements.MODEL if name != "model: constraint"]  # which makes no verdict another
    return [*statements.CLAIM, "another claim", *about, *changes.ROWS, *changes.RANKS, *changes.WITNESS]


CAMPAIGN = Campaign(
    name="certificates",
    sentence="a change to what a certificate says or to its evidence: brute force says whether it is wrong then",
    run=run,
    trials=68_000,
    slice=680,
    shard=8_500,
    target="20,000 wrong certificates, none accepted",
    unmet=unmet,
)
