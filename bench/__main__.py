"""`python -m bench`: measure, compare, and write tables. `python -m bench growth`: how cost grows."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from bench.cases import CASES
from bench.document import to_json
from bench.graphs import graphs
from bench.invariants import invariants
from bench.ios import ios
from bench.large import large
from bench.limits import limits
from bench.running import Run, all_checkers, run_cases
from bench.tables import markdown

QUICK = ("vpn1", "pet5", "ring14")
PARTS = ("models", "large", "invariants", "graphs", "ios", "limits")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--models", default=",".join(CASES), help="Which models, separated by commas.", show_default=True)
@click.option("--peers", help="Which checkers, separated by commas; all that are installed otherwise.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, help="How often each has its turn.", show_default=True)
@click.option("--seconds", type=click.FloatRange(min=1), default=60, help="For each program.", show_default=True)
@click.option("--quick", is_flag=True, help="One round on the small models: to see that everything works.")
@click.option("--inputs", type=FOLDER, help="Peers' own models.")
@click.option("--parts", default=",".join(PARTS), help="What is measured, separated by commas.", show_default=True)
@click.option("--before", type=FOLDER, help="A checkout of an earlier version, for prove ios.")
@click.option("--json", "document", type=FILE, help="Write everything that was measured.")
@click.option("--markdown", "page", type=FILE, help="Write the tables to a file too.")
@click.pass_context
def main(context: click.Context, /, **options: Any) -> None:
    """Measure tunnelproof beside the other model checkers that are installed, on models with known counts."""
    if context.invoked_subcommand:
        return
    checkers = {checker.name: checker for checker in all_checkers()}
    names = QUICK if options["quick"] else _listed(options["models"], CASES)
    asked = _listed(options["peers"] or ",".join(checkers), checkers)
    command = " ".join(["python -m bench", *sys.argv[1:]])
    run = Run(command, 1 if options["quick"] else options["rounds"], options["seconds"], [CASES[n] for n in names])
    parts = ("models",) if options["quick"] else _listed(options["parts"], PARTS)
    if "models" in parts:
        run_cases(run, [checkers[name] for name in asked], options["inputs"], _say)
    if "large" in parts:
        run.add("More than 10⁸ states", *large(_say))
    if "invariants" in parts:
        run.add("Proofs of more than 10⁸ states, as certificates", *invariants(_say))
    if "graphs" in parts:
        run.add("Algorithms on a large graph", *graphs(_say))
    if "ios" in parts:
        run.add("prove ios", *ios(run.rounds, options["seconds"], options["before"], _say))
    if "limits" in parts:
        run.add("Limits", *limits(_say))
    _write(run, options["document"], options["page"])


def _listed(written: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(written.split(","))
    if strange := [name for name in names if name not in known]:
        raise click.UsageError(f"there is no {strange[0]!r}; known: {', '.join(known)}")
    return names


def _write(run: Run, document: object, page: object) -> None:
    text = markdown(run)
    click.echo(text)
    if isinstance(page, Path):
        page.write_text(text, encoding="utf-8")
    if isinstance(document, Path):
        document.write_text(to_json(run), encoding="utf-8")


def _say(text: str) -> None:
    click.echo(text, err=True)


@main.command()
@click.option("--rounds", type=click.IntRange(min=1), default=3, help="How often each is measured.", show_default=True)
@click.option("--seconds", type=click.FloatRange(min=1), default=20, help="For each process.", show_default=True)
@click.option("--write", "docs", type=FOLDER, help="Write speed.md and its plots to this folder.")
def growth(rounds: int, seconds: float, docs: Path | None) -> None:
    """Measure how cost grows with states, configurations, variables and actions."""
    from bench.growth import write

    click.echo(write(rounds, seconds, docs, "python -m bench growth", _say))


if __name__ == "__main__":
    main()
