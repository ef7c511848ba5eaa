"""A plan to a Mermaid flowchart of the stages that it is about, which GitHub, GitLab and Azure DevOps draw."""

from collections.abc import Iterable, Mapping

from dfrender.plan.plan import Link, Picture, Plan

_ARROWS = {"FROM": "-->", "COPY --from": "-.->", "RUN --mount=from": "==>"}
_LABELS = {"FROM": "", "COPY --from": "COPY", "RUN --mount=from": "mount"}


def mermaid(plan: Plan) -> str:
    """Write the graph of the stages; what a prebuilt one holds comes from its image, and rounded nodes are images."""
    picture = plan.picture
    stages = _numbered("s", picture.stages)
    images = _numbered("i", _outside(picture))
    lines = ["flowchart LR"]
    for name, node in stages.items():
        label = f"[{_quoted(name)}]"
        if name in picture.prebuilt:
            label = f"[{label}]"
        lines.append(f"  {node}{label}")
    for name, node in images.items():
        lines.append(f"  {node}([{_quoted(name)}])")
    drawn: dict[str, None] = {}
    for link in picture.links:
        known = stages if link.is_stage else images
        source, target = known[link.source], stages[link.stage]
        drawn[f"  {source} {_arrow(link)} {target}"] = None
    lines += drawn
    return "".join(f"{line}\n" for line in lines)


def _numbered(letter: str, names: Iterable[str]) -> Mapping[str, str]:
    return {name: f"{letter}{number}" for number, name in enumerate(names)}


def _outside(picture: Picture) -> Iterable[str]:
    """Return the images that stages refer to and none stands for, each once."""
    found: dict[str, None] = {}
    for link in picture.links:
        if not link.is_stage:
            found[link.source] = None
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
