"""The app's settings store and its migration at the first start of a new version: domain row S11 and section 3e."""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.configuration import settings_migration
from tunnelproof.model.ios.vocabulary import PROVIDER, Migration, Update, force_all_apps, locked, update
from tunnelproof.model.language.component import STRONG, Component, outcome, seconds


def settings() -> Component:
    """Return the stored setting and what a build's migration does to it."""
    part = Component("settings", actor=PROVIDER)
    part.variable(
        "force_all_apps",
        bool,
        start=configuration.start_force_all_apps,
        doc="Force all apps in the app's settings; the profile has a copy.",
    )
    part.action(
        "migrate",
        when=(update == Update.INSTALLED) & ~locked,
        then={update: Update.STARTED},
        outcomes=[
            outcome("keeps", when=settings_migration != Migration.DROPS_FORCE_ALL_APPS),
            outcome(
                "drops_force_all_apps",
                {force_all_apps: False},
                when=settings_migration == Migration.DROPS_FORCE_ALL_APPS,
            ),
            outcome(
                "fails_and_resets",
                {force_all_apps: False},
                when=settings_migration == Migration.RESETS_ON_FAILURE,
            ),
        ],
        # Whatever is started first does it, so a chance that keeps coming back is taken.
        fair=STRONG,
        takes=seconds(0, 5, source=sources.WINDOW.at("a share of the nominal 30 s of a replacement")),
        source=sources.MIGRATION.at("the first process to start migrates; a failure resets the store"),
        doc="S11: the first start of the new version, by provider or app, migrates the settings.",
    )
    return part
