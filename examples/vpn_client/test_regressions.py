"""Runs that once failed, as the suite printed them. They need neither Hypothesis nor the model, but the adapter."""


def test_firewall_outlives_the_process_that_is_replaced(adapter):
    "vpn-client: publish, check, connect(through=1), stop"
    configuration = {"kill_switch": True}
    start = {"tunnel": "off", "wanted": False, "hops": 1, "lost": 0, "update": "none"}
    derived = {"running": True, "alert": False, "in_clear": True, "cut_off": False, "shown_kill_switch": True}
    steps = [  # action, parameters, outcome, what changes, where the rule comes from
        (
            "publish",
            {},
            "",
            {"update": "published"},
            "none given",
        ),
        (
            "check",
            {},
            "",
            {"update": "announced", "alert": True},
            "none given",
        ),
        (
            "connect",
            {"through": 1},
            "",
            {"tunnel": "connecting", "wanted": True, "in_clear": False, "cut_off": True},
            "none given",
        ),
        (
            "stop",
            {},
            "",
            {"tunnel": "off", "update": "replacing", "running": False},
            "none given",
        ),
    ]
    expected = start | derived

    def same(one, other):
        return one == other and isinstance(one, bool) == isinstance(other, bool)

    def agree(action, source):
        seen = adapter.observe()
        wrong = {name: (expected[name], seen[name]) for name in seen if not same(expected[name], seen[name])}
        assert seen and not wrong, f"{action}: (expected, observed) = {wrong}; source: {source}"

    adapter.reset(configuration, dict(start))
    agree("at the start", "the initial state")
    for action, parameters, outcome, changes, source in steps:
        happened = adapter.do(action, parameters, outcome)
        assert happened in (None, outcome), f"{action}: {happened!r}, not {outcome!r}; source: {source}"
        expected.update(changes)
        agree(action, source)
