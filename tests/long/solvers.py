"""The judge's obligations, of proofs and of changed ones, by each solver with several seeds and by brute force."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import z3
from tests.long.agreement import described, subjects
from tests.long.campaign import Campaign, Tally, examples
from tests.long.changed_formulas import changed_formula
from tests.long.obligations import Obligations
from tests.long.rewrites import claim_with

from tunnelproof.errors import ClaimError, EvidenceRejected, ModelError
from tunnelproof.evidence.certificate import Certificate
from tunnelproof.evidence.checking.invariant import InvariantCheck
from tunnelproof.model.language.expressions import Expr, Literal, Read, walk
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    StepInvariant,
    expressions_of,
)
from tunnelproof.properties.wellformed import check_claim
from tunnelproof.solving.reply import Answer
from tunnelproof.solving.solvers import solve
from tunnelproof.verification.outcome import Dossier
from tunnelproof.verification.prove import prove

SAFETY = (Invariant, StepInvariant, Reachable, Precedence, DeadlockFree)  # what invariants prove
SEEDS = 5
CHANGES = 3  # of each proof: of the invariant, then of the claim, in turn
ENOUGH = 8_000  # queries
OLD_Z3, OLD_Z3_EVERY = "z3 of the system", 4  # queries: a process for each question takes its time
SOLVERS = ("z3", "cvc5", OLD_Z3)

Ask = Callable[[str, int], Answer]  # a script, with a seed


def run(trials: int, seed: int, tally: Tally) -> None:
    """Ask about so many obligations at least; the systems' proofs decide how many there are."""
    random = Random(seed)
    number = itertools.count()

    def ask(subject: tuple[System, list[Claim]]) -> None:
        if tally.counts["queries"] >= trials:
            return
        system, claims = subject
        salt = f"{seed}/{next(number)}"
        with tally.trial(lambda: f"Random({salt!r}), of\n{described(system, claims)}"):
            for dossier in _proofs(system, [claim for claim in claims if isinstance(claim, SAFETY)]):
                _ask_all(dossier, Random(salt), tally.counts)

    while tally.counts["queries"] < trials:
        examples(subjects(), 1 + trials // PER_SYSTEM, random.randrange(2**32), ask)


PER_SYSTEM = 20  # queries, about


def _proofs(system: System, claims: Sequence[Claim]) -> list[Dossier]:
    """Return what the engine that proves by induction has proved."""
    found: list[Dossier] = []
    try:
        prove(system, claims, engine="smt", sink=found.append)
    except ModelError as fault:
        assert fault.code == "TP141", fault
    return [dossier for dossier in found if dossier.certificate.invariant is not None]


def _ask_all(dossier: Dossier, random: Random, counts: Counter[str]) -> None:
    """Ask about the obligations of a proof, and of the proof with its invariant changed."""
    system, claim, certificate = dossier.outcome.cone, dossier.outcome.claim, dossier.certificate
    _ask_about(system, claim, certificate, random, counts, "of a proof")
    for place in range(CHANGES):
        other, changed = claim, certificate
        if place % 2:
            other = _changed_claim(random, claim)
        else:
            changed = _changed(random, certificate, system)
        try:
            check_claim(other, system)
            _ask_about(system, other, changed, random, counts, "of a changed proof")
        except (ClaimError, EvidenceRejected):  # ill typed
            counts["changed proofs that mean nothing"] += 1


def _changed(random: Random, certificate: Certificate, system: System) -> Certificate:
    """Change the invariant, or one of the names that it is made of."""
    places: list[Expr] = [certificate.invariant or Literal(True), *(f for _, f in certificate.definitions)]
    pool = [e for place in places for e in walk(place)]
    pool += [Read(v.name) for v in (*system.variables, *system.configuration)]
    chosen = random.randrange(len(places))
    places[chosen] = changed_formula(random, places[chosen], pool)
    names = [name for name, _ in certificate.definitions]
    return replace(certificate, invariant=places[0], definitions=tuple(zip(names, places[1:], strict=True)))


def _changed_claim(random: Random, claim: Claim) -> Claim:
    """Change a formula of the claim, of which the proof then may be none."""
    formulas = expressions_of(claim)
    if not formulas:
        return claim
    chosen, pool = random.choice(formulas), [e for formula in formulas for e in walk(formula)]
    return claim_with(claim, lambda f: changed_formula(random, f, pool) if f is chosen else f)


def _ask_about(
    system: System, claim: Claim, certificate: Certificate, random: Random, counts: Counter[str], what: str
) -> None:
    """Assert that no solver contradicts brute force about any obligation."""
    obligations = InvariantCheck(system, claim, certificate).obligations()
    truth = Obligations(system, claim, certificate)
    for obligation in obligations:
        wrong = Answer.UNSAT if truth.has_counterexample(obligation.name) else Answer.SAT
        right = Answer.SAT if wrong is Answer.UNSAT else Answer.UNSAT
        counts[f"queries {what}: {right}"] += 1
        counts["queries"] += 1
        for solver, ask in _solvers().items():
            if solver == OLD_Z3 and counts["queries"] % OLD_Z3_EVERY:
                continue
            for seed in range(SEEDS):
                script = reordered(random, obligation.script)
                answer = ask(script, seed)
                counts[f"{solver}: {answer}"] += 1
                said = f"{solver}, seed {seed}: {answer}, not {right}: {claim.id}, {obligation.name}\n{script}"
                assert answer is not wrong, said
    for solver in SOLVERS:
        counts[f"{solver}: absent"] += solver not in _solvers()


def reordered(random: Random, script: str) -> str:
    """Return the script with its assertions in another order, after all that is declared and defined."""
    lines = script.splitlines()
    asserted = [line for line in lines if line.startswith("(assert ")]
    others = [line for line in lines if not line.startswith("(assert ")]
    return "\n".join([*others, *random.sample(asserted, len(asserted))])


# --- solvers ----------------------------------------------------------------------------------------------------------


@cache
def _solvers() -> Mapping[str, Ask]:
    """Return the solvers that are there."""
    found: dict[str, Ask] = {"z3": _ask_z3, "cvc5": _ask_cvc5}
    old = _other_z3()
    if old is not None:
        found[OLD_Z3] = lambda script, seed: _ask_program(old, script, seed)
    return found


def _ask_z3(script: str, seed: int) -> Answer:
    z3.set_param("smt.random_seed", seed)
    z3.set_param("sat.random_seed", seed)
    try:
        return solve("z3", script).answer
    finally:
        z3.set_param("smt.random_seed", 0)
        z3.set_param("sat.random_seed", 0)


def _ask_cvc5(script: str, seed: int) -> Answer:
    return solve("cvc5", f"(set-option :seed {seed})\n(set-option :sat-random-seed {seed})\n{script}").answer


def _ask_program(program: str, script: str, seed: int) -> Answer:
    """Ask a z3 that is a program, for a minute at most."""
    command = [program, "-in", "-T:60", f"smt.random_seed={seed}", f"sat.random_seed={seed}"]
    done = subprocess.run(command, input=f"{script}\n(check-sat)\n", capture_output=True, text=True, check=False)
    said = done.stdout.strip()
    assert said in ("sat", "unsat", "unknown", "timeout"), said + done.stderr
    return Answer.UNKNOWN if said == "timeout" else Answer(said)


def _other_z3() -> str | None:
    """Return a z3 on the path that is of another version than the package's."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        program = shutil.which("z3", path=folder)
        if program is not None:
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            if z3.get_version_string() not in said:
                return program
    return None


def unmet(counts: Counter[str]) -> list[str]:
    """Name what the counts should show and do not."""
    missing = [] if counts["queries"] >= ENOUGH else [f"{counts['queries']:,} queries"]
    for right in (Answer.SAT, Answer.UNSAT):
        if sum(counts[f"queries {what}: {right}"] for what in ("of a proof", "of a changed proof")) < ENOUGH / 10:
            missing.append(f"few queries are {right}")
    return missing + [f"{solver} is absent" for solver in SOLVERS if counts[f"{solver}: absent"]]


CAMPAIGN = Campaign(
    name="solvers",
    sentence="an obligation of a proof by invariant, or of a changed one: each solver with 5 seeds against brute force",
    run=run,
    trials=8_000,
    slice=60,
    shard=250,
    target="8,000 obligations, at least a tenth with a counterexample, and no answer that brute force contradicts",
    unmet=unmet,
)
