"""The system's egress policy, by traffic class: the table of domain 1.4. All of it is derived, none of it is state.

A class is *exposed* where the policy would let it out of the device outside the tunnel; it is assumed to send always.
The provider's encrypted packets to its relay are the tunnel itself and are no class here.
"""

from __future__ import annotations

from tunnelproof.model.ios import configuration, sources
from tunnelproof.model.ios.vocabulary import (
    APPS,
    OS,
    Exempt,
    Profile,
    Stack,
    consent,
    down,
    frozen,
    old_flow,
    policy_all_networks,
    policy_open,
    profile,
    profile_force_all_apps,
    reconnecting,
    routes_in_force,
    stack,
    up,
)
from tunnelproof.model.language.component import Component
from tunnelproof.model.language.terms import Term, either, name

_policy_routes = name("policy_tunnel_routes")
_exposed_user_app = name("exposed_user_app")


def egress() -> Component:
    """Return the policy in force and what it lets out."""
    part = Component("egress", actor=OS)
    part.variable("stack", Stack, start=Stack.OK, doc="The network stack.")
    part.derived("frozen", stack == Stack.FROZEN, "The device has no connectivity, whatever the policy.")
    _policies(part)
    _classes(part)
    part.derived("exposed", _exposed_user_app, "The apps' traffic would leave outside the tunnel.")
    part.derived("silent", name("exposed") & ~consent, "Exposed, and the user has not chosen it.")
    part.derived("protected", up & ~frozen, "The apps' traffic flows, and through the tunnel.")
    part.derived("online", ~frozen & (up | policy_open), "The apps have a network, tunnelled or not.")
    return part


def _policies(part: Component) -> None:
    kept = (profile == Profile.PLAIN) & configuration.kept_without_on_demand
    enforced = configuration.enforce_routes & ~policy_all_networks
    part.derived(
        "drops_without_session",
        either(
            profile_force_all_apps & ((profile == Profile.ON_DEMAND) | kept),
            enforced & configuration.enforced_when_down & (profile == Profile.ON_DEMAND),
        ),
        "With no session, everything but the exempt classes is dropped.",
        source=sources.SEED.at("everything is dropped while the tunnel is interrupted"),
    )
    part.derived(
        "policy_all_networks",
        ~reconnecting
        & either(
            configuration.always_on,
            profile_force_all_apps & either(profile == Profile.ON_DEMAND, routes_in_force, kept),
        ),
        "Everything but the exempt classes goes into the tunnel or nowhere.",
        source=sources.INCLUDE_ALL_NETWORKS.at("all traffic goes through the tunnel, or is dropped"),
    )
    part.derived(
        "policy_enforced_routes",
        enforced
        & ~reconnecting
        & (routes_in_force | (configuration.enforced_when_down & (profile == Profile.ON_DEMAND))),
        "The tunnel's routes take precedence over local routes and scoping.",
        source=sources.ENFORCE_ROUTES.at("routes take precedence; no word on the tunnel being down"),
    )
    part.derived(
        "policy_tunnel_routes",
        routes_in_force & ~policy_all_networks & ~name("policy_enforced_routes"),
        "The tunnel has the default routes, and nothing more.",
    )
    part.derived(
        "policy_open",
        ~policy_all_networks & ~name("policy_enforced_routes") & ~_policy_routes,
        "No policy is in force: whatever is sent leaves the device.",
    )


def _classes(part: Component) -> None:
    open_ = policy_open | (name("error_unblocked") & ~policy_all_networks)
    listed = policy_all_networks & (configuration.exempt == Exempt.APPLE_LIST)

    def exposed(of: str, where: Term, doc: str) -> None:
        part.derived(f"exposed_{of}", ~frozen & where, doc)

    exposed("user_app", open_, "Traffic of apps.")
    exposed("bound_app", open_ | _policy_routes, "Traffic of apps that bind to a physical interface.")
    shared = policy_all_networks & configuration.local_network_sharing
    exposed("local_net", open_ | _policy_routes | shared, "Traffic to what counts as the local network.")
    exposed("apple_service", open_ | _policy_routes | listed, "Traffic of designated system services.")
    exposed("device_services", open_ | _policy_routes | listed, "Push, cellular services, attached devices.")
    exposed("control", ~policy_all_networks | listed, "DHCP, captive portals, carrier and companion traffic.")
    part.derived(
        "exposed_downloader",
        ~frozen & (policy_open | (down & configuration.downloader_exempt & profile_force_all_apps)),
        "The App Store's transfers.",
        source=sources.SEED.at("the downloader cannot fetch while the tunnel is interrupted"),
    )
    exempt = policy_all_networks & configuration.own_lookup_exempt & routes_in_force
    exposed("pt_own", open_ | exempt, "The provider's own lookups.")
    part.derived(
        "exposed_anything",
        name("exposed_control") | name("exposed_downloader"),
        "Some class at all, but for local network sharing, which the user asked for: where any other is exposed, "
        "control traffic or the downloader is.",
    )
    part.derived(
        "downloader_gets_through",
        (~frozen & up) | name("exposed_downloader"),
        "The downloader has a network: through the tunnel, or outside it.",
    )


def flows() -> Component:
    """Return the apps' flows that were opened outside the tunnel and are still open."""
    part = Component("apps", actor=APPS)
    part.variable("old_flow", bool, start=False, doc="Some app has a flow that was opened outside the tunnel.")
    part.derived(
        "exposed_old_flow",
        old_flow & _policy_routes & ~frozen,
        "A flow from before goes on outside the tunnel that is up.",
        source=sources.OLD_FLOWS.at("flows from before the VPN's start keep their interface"),
    )
    part.action(
        "open_flow",
        when=policy_open & ~frozen & ~old_flow,
        then={old_flow: True},
        source=sources.OLD_FLOWS.at("an app opens a connection while no tunnel is up"),
        doc="An app opens a flow outside the tunnel.",
    )
    part.action(
        "close_flow",
        when=old_flow,
        then={old_flow: False},
        source=sources.OLD_FLOWS.at("such a flow may last for minutes or hours"),
        doc="The flow ends.",
    )
    return part
