"""A plan to a Mermaid flowchart of the stages that it is about, which GitHub, GitLab and Azure DevOps draw."""

from collections.abc import Iterator

from dfrender.plan.plan import Link, Plan

_ARROWS = {"FROM": "-->", "COPY --from": "-.->", "RUN --mount=from": "==>"}
_LABELS = {"FROM": "", "COPY --from": "COPY", "RUN --mount=from": "mount"}


def mermaid(plan: Plan) -> str:
    """Write the graph of the stages; what a prebuilt one holds comes from its image, and rounded nodes are images."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    picture = plan.picture
    stages = {name: f"s{number}" for number, name in enumerate(picture.stages)}
    outside = dict.fromkeys(link.source for link in picture.links if not link.is_stage)
    images = {name: f"i{number}" for number, name in enumerate(outside)}
    prebuilt = set(picture.prebuilt)
    yield "flowchart LR"
    for name, node in stages.items():
        yield f"  {node}[[{_quoted(name)}]]" if name in prebuilt else f"  {node}[{_quoted(name)}]"
    yield from (f"  {node}([{_quoted(name)}])" for name, node in images.items())
    drawn = (
        f"  {(stages if link.is_stage else images)[link.source]} {_arrow(link)} {stages[link.stage]}"
        for link in picture.links
    )
    yield from dict.fromkeys(drawn)


def _arrow(link: Link) -> str:
    label = " ".join(filter(None, ["ONBUILD" if link.onbuild else "", _LABELS[link.kind]]))
    return f"{_ARROWS[link.kind]}|{label}|" if label else _ARROWS[link.kind]


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace("#", "#35;").replace('"', "#quot;"))
