"""The command line. No algorithm: it reads what was asked, calls the rooms below, and writes what they answer."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from tunnelproof import __version__
from tunnelproof.errors import OutputError, TunnelproofError, UsageError

if TYPE_CHECKING:
    from tunnelproof.interchange.expectations import Expectations
    from tunnelproof.interchange.model_source import ModelSource
    from tunnelproof.interchange.outcome_json import Document
    from tunnelproof.properties.claims import Claim
    from tunnelproof.rendering.terminal import Style
    from tunnelproof.verification.outcome import ClaimOutcome, Outcome, Sink
    from tunnelproof.verification.suites import Suite

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Screen:
    """What stdout is: a terminal or not, and in which encoding."""

    terminal: bool
    encoding: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say on stdout and stderr, and its exit status."""

    status: int
    text: str = ""
    aside: str = ""


# --- options ----------------------------------------------------------------------------------------------------------


def _with(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _with_room(command: F) -> F:
    """Refuse to begin where libraries would find no addresses to load at: they end the process without a word."""

    @functools.wraps(command)
    def checked(*words: Any, **options: Any) -> Any:
        from tunnelproof.engines.addresses import LEAST, limit

        allowed = limit()
        if allowed is not None and allowed < LEAST:
            message = f"the system allows {allowed >> 20} MiB of address space, and {LEAST >> 20} are needed"
            raise UsageError("TP065", message, hint="raise ulimit -v; --max-memory limits what is used")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # takes 30 MiB of addresses for each, and is of no use here
        return command(*words, **options)

    return cast(F, checked)


_model = click.argument("model")
_claim = click.argument("claim")
_looks = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colours on stdout; auto also obeys NO_COLOR, FORCE_COLOR, CLICOLOR and TERM.",
)
_format = click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
_asking = _with(
    _with_room,
    click.option("--where", metavar="FORMULA", help="Ask only about the configurations in which FORMULA holds."),
    click.option("--engine", default="auto", metavar="NAME", help="Ask this engine: auto, all, or the name of one."),
    click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="For each search."),
    click.option(
        "--max-states",
        type=click.IntRange(min=1),
        default=1_000_000,
        metavar="PAIRS",
        help="Largest list of configurations and states as a certificate.",
        show_default=True,
    ),
    click.option("--max-memory", type=click.IntRange(min=1), metavar="MIB", help="Of the process; beyond it: unknown."),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="tunnelproof", message="%(prog)s %(version)s")
def group() -> None:
    """Decide, for every configuration at once, whether a tunnel or app update can leak, get stuck or strand its user.

    MODEL is the name of a shipped model (see `tunnelproof show`), a JSON file, or a Python file that defines `system`
    and `claims`. A Python file is run.

    Exit status: 0 all proved, 10 something refuted, 20 something unknown, 30 a verdict withheld, 2 usage, 3 model
    or claim rejected, 4 nothing to check, 70 internal error, 74 output not written, 129, 130 and 143 stopped by a
    signal.
    """


# --- commands ---------------------------------------------------------------------------------------------------------


@group.command()
@_with(
    _model,
    click.argument("claims", nargs=-1),
    _asking,
    click.option("--expect", type=click.Path(path_type=Path), metavar="FILE", help="Compare with pinned verdicts."),
    click.option("--write-expect", type=click.Path(path_type=Path), metavar="FILE", help="Pin the verdicts."),
    click.option(
        "--certificates",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Write a certificate of each claim there, for tunnelproof-certify.",
    ),
    click.option("--timings", is_flag=True, help="Also say what it took; the output then differs from run to run."),
    click.option("-v", "--verbose", is_flag=True, help="Every case of every claim, also when many are asked."),
    click.option("-q", "--quiet", count=True, help="Verdicts only; twice: the exit status only."),
    _format,
    _looks,
)
def prove(model: str, claims: tuple[str, ...], **options: Any) -> Answer:
    """Decide claims in every configuration.

    CLAIMS are ids, packs (`leak`) or patterns (`leak.*`); without any, all of the model's claims are decided. A claim
    may also be written out, as a formula of linear or branching time: 'ltl: G(up implies F(updated))'.
    """
    from tunnelproof.interchange.exit_status import ExitCode, exit_code_of
    from tunnelproof.verification.selection import choose

    expected = _expected(options["expect"])
    source = _load(model)
    asked = choose(source.system, source.claims, claims)
    outcome = _prove(source, asked, options, _folder(source, asked, options["certificates"]))
    status = exit_code_of(outcome.verdict)
    changes = None
    if expected is not None:
        from tunnelproof.interchange.expectations import differences

        changes = differences(expected, outcome, only_asked=bool(claims))
        if status is not ExitCode.WITHHELD:
            status = ExitCode.REFUTED if changes else ExitCode.PROVED
    if options["write_expect"]:
        _pin(outcome, options["write_expect"])
    aside = "".join(f"not as expected: {_safe(line)}\n" for line in changes or ())
    return Answer(status, _outcome_text(outcome, source, options, changes), aside)


@group.command()
@_with(_model, _claim, _asking, _format, _looks)
def explain(model: str, claim: str, **options: Any) -> Answer:
    """Show how CLAIM fails, step by step, and what would have to be otherwise.

    CLAIM may be written out, as in `prove`.
    """
    from tunnelproof.rendering.explain import render
    from tunnelproof.rendering.explanation import Explanation

    source, outcome, found = _one(model, claim, options)
    status = _shown_status(found)
    if options["output_format"] == "json":
        return Answer(status, _outcome_text(outcome, source, {**options, "timings": False, "quiet": 0}, None))
    style, asked = _style(options["color"]), outcome.about(found.claim.id)
    return Answer(status, render(Explanation(asked, found, source.shown, style, _again(options))))


@group.command()
@_with(
    _model,
    _claim,
    _asking,
    click.option(
        "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="x.svg, x.png or x.dot; else stdout."
    ),
)
def graph(model: str, claim: str, **options: Any) -> Answer:
    """Draw how CLAIM fails: a trace, a loop or a trap with the exits that are missing."""
    from tunnelproof.rendering.graph import draw

    _, outcome, found = _one(model, claim, options)
    system = outcome.about(found.claim.id).system
    picture = draw(system, found, options["output"].suffix if options["output"] else ".dot")
    if options["output"] is None:
        return Answer(_shown_status(found), picture.content.decode("utf-8"), picture.note)
    target = options["output"].with_suffix(picture.suffix)
    _write_file(target, picture.content)
    return Answer(_shown_status(found), f"{_safe(target)}\n", picture.note)


@group.command()
@_with(click.argument("model", required=False), _format, _looks)
def show(model: str | None, **options: Any) -> Answer:
    """Show a model: configuration, variables, actions, claims. Without MODEL, list the shipped ones."""
    from tunnelproof.rendering.show import catalogue_text, model_text

    if model is None:
        return Answer(0, catalogue_text(_style(options["color"])))
    source = _load(model)
    if options["output_format"] == "json":
        from tunnelproof.interchange.model_source import document_text
        from tunnelproof.interchange.outcome_json import escaped

        return Answer(0, escaped(document_text(source)))
    return Answer(0, model_text(source.system, source.claims, _style(options["color"])))


@group.command()
@_with(_model, _asking, _looks)
def lint(model: str, **options: Any) -> Answer:
    """Look for parts of a model that nothing can ever use. Ends with status 10 if there are some."""
    from tunnelproof.rendering.show import lint_text
    from tunnelproof.verification.lint import lint as look

    source = _load(model)
    found = _watched(
        lambda progress: look(source.system, source.claims, **_arguments(source, options), progress=progress)
    )
    return Answer(10 if found else 0, lint_text(source.system, found, _style(options["color"])))


@group.command()
@_with(
    _model,
    click.argument("claims", nargs=-1),
    click.option(
        "--to", "language", required=True, metavar="FORMAT", help="promela (Spin), murphi (Rumur) or smv (NuSMV)."
    ),
    click.option("--where", metavar="FORMULA", help="Only the configurations in which FORMULA holds."),
    click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Else stdout."),
)
def export(model: str, claims: tuple[str, ...], language: str, where: str | None, output: Path | None) -> Answer:
    """Write a model for another checker.

    CLAIMS are ids, packs or patterns ('*' means all); without any, it is the transition system alone. What the format
    cannot say is said at the top of the text and on stderr.
    """
    from tunnelproof.interchange.export import export as write
    from tunnelproof.verification.selection import read_where, select

    source = _load(model)
    asked = select(source.claims, claims) if claims else ()
    written = write(source.system, asked, language, None if where is None else read_where(where, source.system))
    aside = "".join(f"note: {_safe(note)}\n" for note in written.notes)
    if output is None:
        return Answer(0, written.text, aside)
    _write_file(output, written.text.encode("ascii"))
    return Answer(0, f"{_safe(output)}\n", aside)


@group.command()
@_with(
    _model,
    click.argument("claims", nargs=-1),
    click.option("--of", "points", multiple=True, metavar="FORMULA", help="Measure stays in these states as well."),
    click.option("--since", metavar="FORMULA", help="Add up what --of names, since the last point of FORMULA."),
    click.option("--given", metavar="ACTOR,…", help="Measure what --of names where only these actors act."),
    click.option(
        "--takes",
        multiple=True,
        metavar="ACTION=LO..HI",
        help="What if the action took so many seconds? '5..' sets no end.",
    ),
    _asking,
    _format,
    _looks,
)
def exposure(model: str, claims: tuple[str, ...], **options: Any) -> Answer:
    """Measure how long things last: the longest and shortest stay, and how much comes together.

    What is measured is what the model's claims of the kind 'lasts' speak of (CLAIMS choose some), and what --of names.
    Ends with status 0 if every figure is known, 20 if not.
    """
    from tunnelproof.interchange.exposure_json import exit_code_of, exposure_document
    from tunnelproof.verification.exposure import lasting, measure, with_durations
    from tunnelproof.verification.selection import select

    source = _load(model)
    asked = select(source.claims, claims) if claims or not options["points"] else ()
    system = with_durations(source.system, options["takes"])
    asked = (*asked, *lasting(system, options["points"], options["since"], options["given"]))
    found = _watched(lambda told: measure(system, asked, **_arguments(source, options), progress=told))
    if options["output_format"] == "json":
        from tunnelproof.interchange.outcome_json import to_text

        return Answer(exit_code_of(found), to_text(exposure_document(found)))
    from tunnelproof.rendering.exposure import exposure_text

    return Answer(exit_code_of(found), exposure_text(found, source.shown, _style(options["color"])))


@group.command()
@_with(
    _model,
    click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="LOG..."),
    click.option("--reading", type=click.Path(path_type=Path), metavar="FILE", help="What events mean in the model."),
    click.option(
        "--format", "form", type=click.Choice(["jsonl", "ios"]), default="jsonl", help="How the logs are written."
    ),
    click.option("--where", metavar="FORMULA", help="Only the configurations in which FORMULA holds."),
    click.option("--strict", is_flag=True, help="Refuse events that mean nothing, instead of counting them."),
    click.option(
        "--max-states",
        type=click.IntRange(min=1),
        default=1_000_000,
        metavar="PAIRS",
        help="Most pairs of a configuration and a state that are kept.",
        show_default=True,
    ),
    _format,
    _looks,
)
def conform(model: str, logs: tuple[Path, ...], **options: Any) -> Answer:
    """Hold the log of a real device against MODEL, and name the first event that cannot have happened.

    LOGS are files of JSON lines, merged by their times. Without --reading, events have the names of the model's
    actions. Ends with status 0 if the log fits, 10 if not, 20 if a limit was reached.
    """
    from tunnelproof.conformance.logs import FORMATS, reading_for
    from tunnelproof.conformance.logs import conform as hold
    from tunnelproof.interchange.conformance_json import conformance_document, exit_code_for

    source = _load(model)
    form = FORMATS[options["form"]]
    reading = reading_for(source.system, form, options["reading"])
    how = {key: options[key] for key in ("where", "strict", "max_states")}
    found = _watched(lambda told: hold(source.system, logs, reading=reading, form=form, progress=told, **how))
    if options["output_format"] == "json":
        from tunnelproof.interchange.outcome_json import to_text

        return Answer(exit_code_for(found.fit), to_text(conformance_document(found)))
    from tunnelproof.rendering.conform import conformity_text

    return Answer(exit_code_for(found.fit), conformity_text(found, source.shown, _style(options["color"])))


@group.command()
@_with(
    _model,
    click.option(
        "--criterion",
        type=click.Choice(["actions", "transitions", "claims", "counterexamples"]),
        required=True,
        help="What the tests should do.",
    ),
    click.option("--where", metavar="FORMULA", help="Only the configurations in which FORMULA holds."),
    click.option("--each", is_flag=True, help="Everything in each configuration, also what is alike in several."),
    click.option("--max-steps", type=click.IntRange(min=0), metavar="N", help="Most steps of one test."),
    click.option(
        "--max-states",
        type=click.IntRange(min=1),
        default=1_000_000,
        metavar="PAIRS",
        help="Leave out configurations with more states.",
        show_default=True,
    ),
    click.option(
        "--format", "form", type=click.Choice(["pytest", "json"]), default="pytest", help="How to write the tests."
    ),
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="The folder of the pytest files, or the JSON file. Without it, JSON goes to stdout.",
    ),
    click.option("--adapter", metavar="MODULE:OBJECT", help="What connects the client, for pytest."),
    click.option("--mutants", is_flag=True, help="Say how many clients that break one rule of MODEL the tests catch."),
    click.option("--aim", is_flag=True, help="Add tests for those that none catches; implies --mutants."),
    click.option("--observed", metavar="NAME,…", help="What is seen of a client; implies --mutants.  [default: all]"),
    _looks,
)
def testgen(model: str, **options: Any) -> Answer:
    """Make tests that lead a client through MODEL, and say how much of the model they cover.

    Ends with status 0 if all that any run can reach is covered, 20 if a limit was reached.
    """
    from tunnelproof.conformance.testgen import Bounds, suite
    from tunnelproof.interchange.suite_json import suite_text
    from tunnelproof.interchange.suite_pytest import suite_files
    from tunnelproof.rendering.testgen import suite_summary

    source = _load(model)
    form, output = options["form"], options["output"]
    asked = {key: options[key] for key in ("where", "each")} | {"claims": source.claims}
    bounds = Bounds(options["max_steps"], options["max_states"])
    made = _watched(lambda told: suite(source.system, options["criterion"], bounds=bounds, progress=told, **asked))
    status = 0 if made.coverage.complete else 20
    shown, judged = suite_summary(made, source.shown, _style(options["color"])), None
    if options["mutants"] or options["aim"] or options["observed"]:
        made, judged, text = _judged_by_mutants(made, options)
        shown += "\n" + text
    if form == "json" and output is None:
        return Answer(status, suite_text(made, judged))
    files: dict[Path, str] = {}
    if form == "json":
        files = {output: suite_text(made, judged)}
    elif output is not None:
        files = {output / name: text for name, text in suite_files(made, options["adapter"]).items()}
        _make_folder(output)
    for path, text in files.items():
        _write_file(path, text.encode("ascii"))
    written = "".join(f"\n{_safe(path)}" for path in files) + "\n" if files else ""
    return Answer(status, shown + written)


def _judged_by_mutants(made: Suite, options: dict[str, Any]) -> tuple[Suite, Document, str]:
    """Return the suite, with the tests that were added to it, and what it is worth as JSON and as text."""
    from tunnelproof.conformance.mutation import worth_of
    from tunnelproof.interchange.mutation_json import worth_document
    from tunnelproof.rendering.mutation import worth_text

    names = options["observed"].split(",") if options["observed"] else None
    found = _watched(lambda told: worth_of(made, aim=options["aim"], observed=names, progress=told))
    return found.suite, worth_document(found), worth_text(found, _style(options["color"]))


@group.command()
@_with(
    _model,
    click.argument("objective", required=False),
    click.option("--for", "player", default="user", metavar="ACTOR", show_default=True, help="Whose strategy."),
    click.option("--reach", metavar="FORMULA", help="Come to where it holds."),
    click.option("--avoid", metavar="FORMULA", help="Never come to where it holds."),
    click.option("--again", metavar="FORMULA", help="Come to where it holds again and again."),
    click.option("--while-keeping", "keep", metavar="FORMULA", help="And this always holds until then."),
    click.option("--assuming", multiple=True, metavar="ACTION", help="Others do not put this off for ever."),
    click.option("--quick", is_flag=True, help="ACTOR is let act in every new state before anybody else acts."),
    click.option("--seeing", metavar="NAMES", help="What ACTOR sees, instead of what the model says: a,b,c."),
    click.option("--hiding", metavar="NAMES", default="", help="What ACTOR does not see: a,b,c."),
    _asking,
    _format,
    _looks,
)
def strategy(model: str, objective: str | None, **options: Any) -> Answer:
    """Say who wins: a decision table for ACTOR and its guaranteed price, or what the others do against it.

    OBJECTIVE is the name of one of the model's; or give --reach, --avoid or --again. What is found is put back into the
    model and proved. Ends with status 0 if ACTOR wins in every configuration asked about, 10 if he loses in one.
    """
    from tunnelproof.interchange.strategy_json import exit_code_for, strategy_document
    from tunnelproof.verification.strategies.question import GameQuestion, read_objective
    from tunnelproof.verification.strategies.winners import strategies

    source = _load(model)
    wanted = read_objective(source.system, objective, options)
    names = {key: tuple(filter(None, (options[key] or "").split(","))) for key in ("seeing", "hiding")}
    arguments = _arguments(source, options)
    question = GameQuestion(
        wanted,
        options["player"],
        options["quick"],
        None if options["seeing"] is None else names["seeing"],
        names["hiding"],
        arguments.pop("where"),
    )
    found = _watched(lambda progress: strategies(source.system, question, **arguments, progress=progress))
    if options["output_format"] == "json":
        from tunnelproof.interchange.outcome_json import to_text

        return Answer(exit_code_for(found.winner), to_text(strategy_document(found)))
    from tunnelproof.rendering.strategy import strategies_text

    return Answer(exit_code_for(found.winner), strategies_text(found, source.shown, _style(options["color"])))


@group.command()
@_with(
    _model,
    click.argument("procedure"),
    click.argument("claims", nargs=-1),
    click.option("--quick", is_flag=True, help="Nobody else acts where the procedure says to act."),
    _asking,
    _format,
    _looks,
)
def follow(model: str, procedure: str, claims: tuple[str, ...], **options: Any) -> Answer:
    """Decide CLAIMS of MODEL where somebody does what PROCEDURE says, one of the model's, and nothing else."""
    from tunnelproof.interchange.exit_status import exit_code_of
    from tunnelproof.properties.objectives import named_procedure
    from tunnelproof.verification.following import prove_following
    from tunnelproof.verification.selection import select

    source = _load(model)
    chosen = named_procedure(source.system.name, procedure)
    asked = select(source.claims, claims)
    arguments = _arguments(source, options) | {"quick": options["quick"]}
    outcome, left_out = _watched(
        lambda progress: prove_following(source.system, chosen, asked, **arguments, progress=progress)
    )
    if options["output_format"] == "json":
        plain = {**options, "timings": False, "quiet": 0}
        return Answer(exit_code_of(outcome.verdict), _outcome_text(outcome, source, plain, None))
    from tunnelproof.rendering.strategy import following_text

    style = _style(options["color"])
    text = following_text(outcome, chosen, left_out, source.shown, options["quick"], style)
    return Answer(exit_code_of(outcome.verdict), text)


@group.command()
@_with(
    _model,
    click.argument("claims", nargs=-1),
    _asking,
    click.option(
        "--barring",
        multiple=True,
        metavar="ACTION",
        help="Grade apart what needs this action; by default those that some claim about recovery bars.",
    ),
    click.option(
        "--prices", type=click.IntRange(min=1), default=12, metavar="N", help="How many are tried.", show_default=True
    ),
    _format,
    _looks,
)
def rescue(model: str, claims: tuple[str, ...], **options: Any) -> Answer:
    """Say what it takes to recover: who must act, at what price, step by step, and whether the trouble comes back.

    CLAIMS are ids, packs or patterns of claims of the kind `recoverable`; without any, all of them. Ends with status 0
    if everything is known, 20 if not.
    """
    from tunnelproof.interchange.exit_status import exit_code_of
    from tunnelproof.verification.rescue import dear_actions, rescues
    from tunnelproof.verification.selection import select

    source = _load(model)
    asked, arguments = select(source.claims, claims), _arguments(source, options)
    dear = options["barring"] or dear_actions(source.claims)
    found = _watched(
        lambda told: rescues(source.system, asked, dear=dear, most=options["prices"], **arguments, progress=told)
    )
    if options["output_format"] == "json":
        from tunnelproof.interchange.outcome_json import to_text
        from tunnelproof.interchange.rescue_json import rescue_document

        return Answer(exit_code_of(found.verdict), to_text(rescue_document(found)))
    from tunnelproof.rendering.rescue import rescue_text

    return Answer(exit_code_of(found.verdict), rescue_text(found, source.shown, _style(options["color"])))


# --- what commands share ----------------------------------------------------------------------------------------------


def _load(model: str) -> ModelSource:
    from tunnelproof.interchange.model_source import load_model

    return load_model(model)


def _one(model: str, claim: str, options: dict[str, Any]) -> tuple[ModelSource, Outcome, ClaimOutcome]:
    from tunnelproof.verification.selection import select_one

    source = _load(model)
    meant, asked = select_one(source.system, source.claims, claim)
    outcome = _prove(source, asked, options)
    return source, outcome, outcome[meant.id]


def _prove(source: ModelSource, claims: Sequence[Claim], options: dict[str, Any], sink: Sink | None = None) -> Outcome:
    from tunnelproof.verification.prove import prove as decide

    arguments = _arguments(source, options)
    return _watched(lambda progress: decide(source.system, claims, **arguments, progress=progress, sink=sink))


def _folder(source: ModelSource, asked: Sequence[Claim], path: Path | None) -> Sink | None:
    """Return what writes certificates, if they are wanted."""
    if path is None:
        return None
    from tunnelproof.interchange.certificate_folder import CertificateFolder, check_can_be_written

    check_can_be_written(asked)
    return CertificateFolder(path, source.system)


def _arguments(source: ModelSource, options: dict[str, Any]) -> dict[str, Any]:
    from tunnelproof.engines.contract import Limits
    from tunnelproof.verification.selection import read_where

    memory = None if options["max_memory"] is None else options["max_memory"] << 20
    limits = Limits(states=options["max_states"], seconds=options["timeout"], memory=memory)
    where = None if options["where"] is None else read_where(options["where"], source.system)
    return {"where": where, "engine": options["engine"], "limits": limits}


def _watched(work: Callable[[Callable[[str], None]], T]) -> T:
    """Do the work, showing its progress on stderr."""
    from tunnelproof.rendering.progress import Progress

    progress = Progress(sys.stderr)
    try:
        return work(progress)
    finally:
        progress.close()


def _shown_status(found: ClaimOutcome) -> int:
    """Return the status of a command that shows a verdict instead of judging by it."""
    from tunnelproof.evidence.verdict import Verdict
    from tunnelproof.interchange.exit_status import exit_code_of

    return exit_code_of(found.verdict) if found.verdict in (Verdict.WITHHELD, Verdict.UNKNOWN) else 0


def _outcome_text(outcome: Outcome, source: ModelSource, options: dict[str, Any], differences: list[str] | None) -> str:
    if options["output_format"] == "json":
        from tunnelproof.interchange.outcome_json import outcome_document, to_text

        return to_text(outcome_document(outcome, timings=options["timings"], differences=differences))
    from tunnelproof.rendering.text import Report, render

    quiet = options["quiet"]
    style = _style(options["color"])
    report = Report(outcome, source.shown, style, quiet > 0, options["timings"], _again(options), options["verbose"])
    return render(report) if quiet < 2 else ""


def _again(options: dict[str, Any]) -> tuple[str, ...]:
    """Return the options that a command needs to ask the same engine."""
    return () if options["engine"] == "auto" else ("--engine", options["engine"])


def _expected(path: Path | None) -> Expectations | None:
    if path is None:
        return None
    from tunnelproof.interchange.expectations import read_expectations

    return read_expectations(path)


def _pin(outcome: Outcome, path: Path) -> None:
    from tunnelproof.interchange.expectations import expectations_document, expectations_of
    from tunnelproof.interchange.outcome_json import to_text

    _write_file(path, to_text(expectations_document(expectations_of(outcome))).encode("ascii"))


def _write_file(path: Path, content: bytes) -> None:
    from tunnelproof.interchange.files import write_file

    write_file(path, content)


def _make_folder(path: Path) -> None:
    from tunnelproof.interchange.files import make_folder

    make_folder(path)


def _style(colour: str) -> Style:
    from tunnelproof.rendering.terminal import Style, can_show, wants_colour

    screen = click.get_current_context().obj
    return Style(wants_colour(colour, os.environ, terminal=screen.terminal), can_show(screen.encoding))


def _safe(text: object) -> str:
    from tunnelproof.rendering.safe_text import safe_text

    return safe_text(text)


# --- the one handler --------------------------------------------------------------------------------------------------


STOPS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class _Stopped(KeyboardInterrupt):
    """Somebody sent one of the signals that end a program."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. Nothing is raised, and nothing but the answer goes to stdout."""
    asked = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _stoppable():
            try:
                answer = _answer(asked)
            except Exception as fault:  # a fault of ours: whatever the user can cause has been answered
                answer = _internal_error(fault, asked)
            return _deliver(answer)
    except _Stopped as stopped:
        from tunnelproof.interchange.streams import abandon

        abandon(sys.stdout)  # of an answer half written the rest does not follow
        word = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}.get(signal.Signals(stopped.number))
        return _complain(word or "the terminal has gone", 128 + stopped.number)
    except KeyboardInterrupt:  # raised by a model
        return _complain("interrupted", 128 + signal.SIGINT)


def _answer(asked: list[str]) -> Answer:
    """Run the command. Whatever the user can cause is answered here."""
    from tunnelproof.rendering.terminal import WIDTH, as_wide_as

    screen = Screen(sys.stdout is not None and sys.stdout.isatty(), getattr(sys.stdout, "encoding", None))
    width = shutil.get_terminal_size().columns if screen.terminal else WIDTH
    helped = io.StringIO()
    try:
        # Not `group.main`: it turns a broken pipe into status 1. What click itself prints is delivered like any answer.
        with (
            contextlib.redirect_stdout(helped),
            as_wide_as(width),
            group.make_context("tunnelproof", asked, obj=screen) as context,
        ):
            answer = group.invoke(context)
        assert isinstance(answer, Answer)
        return answer
    except click.exceptions.Exit as done:
        return Answer(done.exit_code, helped.getvalue())
    except click.exceptions.NoArgsIsHelpError as wanted:
        return Answer(2, aside=wanted.format_message() + "\n")
    except click.UsageError as fault:
        path = fault.ctx.command_path if fault.ctx else "tunnelproof"
        return _refusal(UsageError("TP002", fault.format_message(), hint=f"see {path} --help"), asked)
    except TunnelproofError as fault:
        return _refusal(fault, asked)


def _refusal(fault: TunnelproofError, asked: Sequence[str]) -> Answer:
    """Return the answer to what cannot be done: one line, and a document where one was wanted."""
    text = ""
    if "--output-format=json" in asked or ("--output-format", "json") in zip(asked, asked[1:], strict=False):
        from tunnelproof.interchange.outcome_json import error_document, to_text

        text = to_text(error_document(fault, fault.status))
    return Answer(fault.status, text, f"{_safe(fault)}\n")


def _internal_error(fault: Exception, asked: Sequence[str]) -> Answer:
    from tunnelproof.interchange.streams import saved_traceback

    said = (str(fault).splitlines() or [""])[0][:200]
    message = f"internal error: {type(fault).__name__}: {said}"
    return _refusal(TunnelproofError("TP900", message, hint=saved_traceback(fault)), asked)


def _deliver(answer: Answer) -> int:
    """Write the answer and return its status, or 74 if it could not be written."""
    from tunnelproof.interchange.streams import abandon, mention, put

    try:
        put(sys.stdout, answer.text)
    except BrokenPipeError:  # the reader has seen enough, so there is nothing to complain about
        abandon(sys.stdout)
        return OutputError.status
    except OSError as fault:
        abandon(sys.stdout)
        return _complain(
            f"TP501: the answer (status {int(answer.status)}) could not be written: {fault.strerror}",
            OutputError.status,
        )
    mention(sys.stderr, answer.aside)
    return int(answer.status)


def _complain(text: str, status: int) -> int:
    from tunnelproof.interchange.streams import mention

    mention(sys.stderr, f"tunnelproof: {_safe(text)}\n")
    return status


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Turn signals that end a program into an exception, so that files are closed and temporary ones go.

    A second one ends the program at once. One that whoever started the program wants ignored (`nohup`) is ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number in numbers if before[number] is not signal.SIG_IGN]

    def stop(number: int, _: object) -> None:
        for other in heard:
            signal.signal(other, signal.SIG_DFL)
        sys.unraisablehook = lambda _: None  # what was being made complains when it goes half made
        raise _Stopped(number)

    try:
        for number in heard:
            signal.signal(number, stop)
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])


if __name__ == "__main__":
    sys.exit(main())
