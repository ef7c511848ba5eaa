"""Plans to a Mermaid flowchart of the stages that they are about, which GitHub, GitLab and Azure DevOps draw."""

from collections.abc import Mapping
from itertools import count
from typing import NamedTuple

from dfrender.dockerfile.names import shortest
from dfrender.plan.plan import Link, Plan, Plans

_ARROWS = {"FROM": "-->", "COPY --from": "-.->", "RUN --mount=from": "==>"}
_LABELS = {"FROM": "", "COPY --from": "COPY", "RUN --mount=from": "mount"}


class _Stage(NamedTuple):
    """A stage of the plan with this number."""

    plan: int
    name: str


def mermaid(plans: Plans) -> str:
    """Write the graph of the stages; what a prebuilt one holds comes from its image, and rounded nodes are images.

    Each of several templates is a box; what a job of another one makes comes from the stage that it is made of.
    """
    nodes = _nodes(plans)
    lines = ["flowchart LR"]
    for number, plan in enumerate(plans.plans):
        drawn = _drawn(number, plan, nodes)
        if len(plans.plans) > 1:
            lines.append(f"  subgraph p{number}[{_quoted(plan.location.dockerfile)}]")
            lines += [f"  {line}" for line in drawn]
            lines.append("  end")
        else:
            lines += drawn
    makers = _makers(plans)
    images: dict[str, str] = {}
    arrows: dict[str, None] = {}
    for number, plan in enumerate(plans.plans):
        for link in plan.picture.links:
            made_of = makers.get(shortest(link.source))
            if link.is_stage:
                source = nodes[_Stage(number, link.source)]
            elif made_of and made_of.plan != number:
                source = nodes[made_of]
            else:
                source = images.setdefault(link.source, f"i{len(images)}")
            target = nodes[_Stage(number, link.stage)]
            arrows[f"  {source} {_arrow(link)} {target}"] = None
    for name, node in images.items():
        lines.append(f"  {node}([{_quoted(name)}])")
    lines += arrows
    return "".join(f"{line}\n" for line in lines)


def _nodes(plans: Plans) -> Mapping[_Stage, str]:
    found: dict[_Stage, str] = {}
    numbers = count()
    for number, plan in enumerate(plans.plans):
        for name in plan.picture.stages:
            found[_Stage(number, name)] = f"s{next(numbers)}"
    return found


def _drawn(number: int, plan: Plan, nodes: Mapping[_Stage, str]) -> list[str]:
    """Return the lines of a plan's stages."""
    found: list[str] = []
    for name in plan.picture.stages:
        label = f"[{_quoted(name)}]"
        if name in plan.picture.prebuilt:
            label = f"[{label}]"
        node = nodes[_Stage(number, name)]
        found.append(f"  {node}{label}")
    return found


def _makers(plans: Plans) -> Mapping[str, _Stage]:
    """Return the stages that jobs make images of, by these images."""
    found: dict[str, _Stage] = {}
    for number, plan in enumerate(plans.plans):
        for job in plan.jobs:
            for tag in job.tags:
                found[shortest(tag)] = _Stage(number, job.stage)
    return found


def _arrow(link: Link) -> str:
    arrow, label = _ARROWS[link.kind], _LABELS[link.kind]
    if link.onbuild:
        label = f"ONBUILD {label}".rstrip()
    if label:
        return f"{arrow}|{label}|"
    return arrow


def _quoted(text: str) -> str:
    escaped = text.replace("#", "#35;")
    escaped = escaped.replace('"', "#quot;")
    return f'"{escaped}"'
