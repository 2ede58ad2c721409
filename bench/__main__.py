"""`python -m bench`: measure, compare, and write tables. `python -m bench growth`: how cost grows."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from bench.cases import CASES
from bench.document import to_json
from bench.running import Run, all_checkers, run_cases
from bench.tables import markdown

QUICK = ("vpn1", "pet5", "ring14")
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--models", default=",".join(CASES), help="Which models, separated by commas.", show_default=True)
@click.option("--peers", help="Which checkers, separated by commas; all that are installed otherwise.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, help="How often each has its turn.", show_default=True)
@click.option("--seconds", type=click.FloatRange(min=1), default=40, help="For each program.", show_default=True)
@click.option("--quick", is_flag=True, help="One round on the small models: to see that everything works.")
@click.option("--inputs", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Peers' own models.")
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
    run_cases(run, [checkers[name] for name in asked], options["inputs"], _say)
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


if __name__ == "__main__":
    main()
