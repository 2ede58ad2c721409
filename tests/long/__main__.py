"""Run a campaign: ``python -m tests.long NAME --trials N --seed S --jobs J --write docs/trust``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click
from tests.long import page
from tests.long.campaign import run_all, summary, write
from tests.long.catalogue import CAMPAIGNS, campaign_named


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Try again what the product's trust rests on. Without a name: list the campaigns."""
    if context.invoked_subcommand is None:
        for name in CAMPAIGNS:
            campaign = campaign_named(name)
            click.echo(f"{name:15} {campaign.trials:>9,}  {campaign.sentence}")


def _command(name: str) -> click.Command:
    @click.command(name, help=f"Run the campaign {name!r}.")
    @click.option("--trials", type=click.IntRange(min=1), help="How many; without it as many as published.")
    @click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
    @click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes.")
    @click.option("--write", "folder", type=click.Path(path_type=Path, exists=True), help="Where the summary goes.")
    def run(trials: int | None, seed: int, jobs: int, folder: Path | None) -> None:
        campaign = campaign_named(name)
        trials = trials or campaign.trials
        began = time.monotonic()
        tally = run_all(campaign, trials, seed, jobs, _progress)
        document = summary(campaign, trials, seed, tally, time.monotonic() - began)
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        if folder is not None:
            write(document, folder)
            page.write(folder)
        sys.exit(1 if tally.failures or document["unmet"] else 0)

    return run


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {of} shards", nl=done == of, err=True)
    elif done % 10 == 0:
        click.echo(f"{done} of {of} shards", err=True)


for _name in CAMPAIGNS:
    main.add_command(_command(_name))

if __name__ == "__main__":
    main()
