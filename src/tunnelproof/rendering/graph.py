"""A witness as a picture: DOT text always, SVG and PNG where graphviz's program `dot` is installed.

Nothing from a model becomes DOT syntax: nodes are called n0, n1, …, labels are escaped, and no attribute names a file
or an address. `dot` can take for ever on a large graph, so it gets a time limit, and cheap attributes above a size.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunnelproof.errors import NothingToCheck, UsageError
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.rendering import wording
from tunnelproof.rendering.explanation import explained_cell
from tunnelproof.rendering.safe_text import safe_text
from tunnelproof.rendering.terminal import wrapped
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.witness_graph import witness_graph

if TYPE_CHECKING:
    import networkx as nx

SECONDS = 20.0  # for dot
CHEAP_ABOVE = 150  # nodes; beyond that edges are straight and crossings stay
MOST_NODES, MOST_EDGES = 1000, 4000  # beyond that there is DOT text only
_LONGEST_LABEL = 14  # lines of a node
FORMATS = (".dot", ".svg", ".png")

_NODE_STYLES = {
    "start": {"style": "rounded", "penwidth": "2"},
    "step": {"style": "rounded"},
    "end": {"style": "rounded,filled", "fillcolor": "#ffd9d9", "penwidth": "2"},
    "loop": {"style": "rounded,filled", "fillcolor": "#fff0c8", "color": "#8a6100"},
    "trap": {"style": "rounded,filled", "fillcolor": "#ffd9d9", "color": "#a00000"},
    "outside": {"style": "rounded,dashed", "color": "#707070"},
}
_EDGE_STYLES = {
    "step": {},
    "loop": {"color": "#8a6100", "penwidth": "1.5"},
    "idle": {"style": "dotted", "color": "#8a6100"},
    "trap": {"color": "#a00000"},
    "missing": {"style": "dashed", "color": "#707070", "fontcolor": "#707070"},
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What was drawn: the suffix says in which format, the note (for stderr) why it is not the wanted one."""

    content: bytes
    suffix: str
    note: str = ""


def draw(system: System, found: ClaimOutcome, suffix: str, *, seconds: float | None = None) -> Picture:
    """Draw the claim's first witness. Falls back to DOT text where a picture cannot be had.

    Raises `UsageError` for another suffix than .dot, .svg and .png, `NothingToCheck` if there is no witness.
    """
    if suffix not in FORMATS:
        hint = "end the name in .svg, .png or .dot"
        raise UsageError("TP004", f"pictures of the form {suffix[:20]!r} cannot be drawn", hint=hint)
    cell = explained_cell(found)
    if cell is None:
        message = f"there is nothing to draw: '{found.claim.id}' is {found.verdict.value} without a trace"
        raise NothingToCheck("TP305", message, hint="see tunnelproof explain")
    run = cell.evidence.runs[0]
    graph = witness_graph(run, system, found.shown)
    when = "" if run.guard == TRUE else f" Here when {wording.formula(run.guard, system)}."
    text = dot_text(graph, f"{found.claim.id}: {found.claim.sentence}{when}")
    content = text.encode("utf-8")
    if suffix == ".dot":
        return Picture(content, suffix)
    if len(graph) > MOST_NODES or graph.number_of_edges() > MOST_EDGES:
        return Picture(content, ".dot", f"DOT text only: {len(graph):,} states are too many for a picture\n")
    image, problem = _layout(content, suffix[1:], SECONDS if seconds is None else seconds)
    return Picture(content, ".dot", f"DOT text only: {problem}\n") if image is None else Picture(image, suffix)


def dot_text(graph: nx.MultiDiGraph[int], title: str = "") -> str:
    """Return the graph of a witness in the DOT language."""
    import graphviz

    def escaped(lines: list[str]) -> str:
        # Our own line breaks are the only backslashes that mean something.
        return r"\l".join(graphviz.escape(line) for line in lines) + r"\l"

    cheap = {"splines": "line", "nslimit": "1", "nslimit1": "1", "mclimit": "0.5"}
    drawn = graphviz.Digraph(
        "witness",
        graph_attr={
            "rankdir": "TB",
            "labelloc": "t",
            "fontname": "sans-serif",
            "label": r"\n".join(graphviz.escape(line) for line in wrapped(safe_text(title), 0, width=80)),
            **(cheap if len(graph) > CHEAP_ABOVE else {}),
        },
        node_attr={"shape": "box", "fontname": "sans-serif", "fontsize": "11"},
        edge_attr={"fontname": "sans-serif", "fontsize": "11"},
    )
    for node, shown in graph.nodes(data=True):
        drawn.node(f"n{int(node)}", label=escaped(_node_lines(shown)), **_NODE_STYLES[shown["role"]])
    for tail, head, shown in graph.edges(data=True):
        drawn.edge(f"n{int(tail)}", f"n{int(head)}", label=escaped(_edge_lines(shown)), **_EDGE_STYLES[shown["kind"]])
    return str(drawn.source)


def _node_lines(shown: dict[str, Any]) -> list[str]:
    lines = [wording.assigned(name, value) for name, value in shown["changed"].items()]
    if len(lines) > _LONGEST_LABEL:
        lines = [*lines[: _LONGEST_LABEL - 1], f"and {len(lines) - _LONGEST_LABEL + 1} more"]
    return lines or ["as before"]


def _edge_lines(shown: dict[str, Any]) -> list[str]:
    if shown["kind"] == "idle":
        return ["nothing, for ever"]
    number = f"{shown['number']}. " if shown["number"] else ""
    choice = ", ".join(f"{safe_text(n)}={wording.value(v)}" for n, v in shown["parameters"].items())
    action = safe_text(shown["action"]) + (f"({choice})" if choice else "")
    outcome = f" / {safe_text(shown['outcome'])}" if shown["outcome"] else ""
    missing = " (missing)" if shown["kind"] == "missing" else ""
    return [f"{number}{action}{outcome}{missing}", f"by {safe_text(shown['actor'])}"]


def _layout(dot: bytes, form: str, seconds: float) -> tuple[bytes | None, str]:
    """Run `dot`. Return the picture, or why there is none.

    The graphviz package would run it without a time limit.
    """
    program = shutil.which("dot")
    if program is None:
        return None, "there is no program 'dot'; install graphviz, then: dot -Tsvg FILE.dot -o FILE.svg"
    command = [program, "-Kdot", f"-T{form}"]
    try:
        done = subprocess.run(command, input=dot, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None, f"'dot' took more than {seconds:g} s"
    except OSError as fault:
        return None, f"'dot' cannot be run: {fault.strerror}"
    if done.returncode or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").splitlines() or [f"status {done.returncode}"]
        return None, f"'dot' failed: {safe_text(said[0][:200])}"
    return done.stdout, ""
