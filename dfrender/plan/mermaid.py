"""A plan to a Mermaid flowchart of the stages that it is about, which GitHub, GitLab and Azure DevOps draw."""

from collections.abc import Iterator, Mapping

from dfrender.plan.plan import Link, Picture, Plan

_ARROWS = {"FROM": "-->", "COPY --from": "-.->", "RUN --mount=from": "==>"}
_LABELS = {"FROM": "", "COPY --from": "COPY", "RUN --mount=from": "mount"}


def mermaid(plan: Plan) -> str:
    """Write the graph of the stages; what a prebuilt one holds comes from its image, and rounded nodes are images."""
    picture = plan.picture
    stages = {name: f"s{number}" for number, name in enumerate(picture.stages)}
    outside = dict.fromkeys(link.source for link in picture.links if not link.is_stage)
    images = {name: f"i{number}" for number, name in enumerate(outside)}
    lines = ["flowchart LR"]
    lines += _nodes(picture, stages)
    for name, node in images.items():
        lines.append(f"  {node}([{_quoted(name)}])")
    drawn: dict[str, None] = {}
    for link in picture.links:
        source = stages[link.source] if link.is_stage else images[link.source]
        drawn[f"  {source} {_arrow(link)} {stages[link.stage]}"] = None
    lines += drawn
    return "".join(f"{line}\n" for line in lines)


def _nodes(picture: Picture, stages: Mapping[str, str]) -> Iterator[str]:
    for name, node in stages.items():
        if name in picture.prebuilt:
            yield f"  {node}[[{_quoted(name)}]]"
        else:
            yield f"  {node}[{_quoted(name)}]"


def _arrow(link: Link) -> str:
    arrow, label = _ARROWS[link.kind], _LABELS[link.kind]
    if link.onbuild:
        label = f"ONBUILD {label}".rstrip()
    return f"{arrow}|{label}|" if label else arrow


def _quoted(text: str) -> str:
    escaped = text.replace("#", "#35;").replace('"', "#quot;")
    return f'"{escaped}"'
