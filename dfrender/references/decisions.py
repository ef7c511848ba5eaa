"""A `Graph` and a `Profile` to `Decisions`: what becomes of each reference and stage, decided once, as one value.

Edits nothing. Rewriting, verifying, rules, plans and reports read what is decided here.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from dfrender.diagnostics import Diagnostic, Problems, did_you_mean
from dfrender.dockerfile.graph import Edge, Graph, graph
from dfrender.dockerfile.model import Reference, ReferenceKind
from dfrender.profile.profile import Builder, Profile, StageSettings, Style
from dfrender.references.arguments import known_platform, known_values, reads
from dfrender.references.claims import Claims
from dfrender.references.images import check_image
from dfrender.references.prebuilt import GeneratedArg, Prebuilt, own_platform


class Decisions(NamedTuple):
    """What a profile decides about a Dockerfile.

    ``source`` is the Dockerfile as rendered, ``prebuilt`` what its stages become that are images here, and ``kept``
    are the stages that the output has. ``problems`` is what is wrong with that.
    """

    source: Graph
    profile: Profile
    prebuilt: tuple[Prebuilt, ...]
    kept: Collection[int]
    problems: tuple[Diagnostic, ...] = ()

    @property
    def by_image(self) -> Mapping[Reference, int]:
        """Return the references that name the very image of a prebuilt stage above them, each with the stage."""
        stages = {each.image: each.stage for each in self.prebuilt}
        found: dict[Reference, int] = {}
        for edge in self.source.edges:
            stage = stages.get(edge.image)
            if stage is not None and stage < edge.reference.stage:
                found[edge.reference] = stage
        return found

    @property
    def written(self) -> list[Prebuilt]:
        """Return what is left of the prebuilt stages in the output."""
        return [each.within(self.kept) for each in self.prebuilt]

    def pinned(self) -> Mapping[str, str]:
        """Return the build arguments by which a stage that is kept chose others than those that are not.

        A build without the argument would look for one of those.
        """
        dockerfile, profile = self.source.dockerfile, self.profile
        values = known_values(profile)
        if not values or len(self.kept) == len(self.source.stages):
            return {}
        without = graph(dockerfile, {}, known_platform(profile))
        chosen: set[str] = set()
        for stage in self.kept:
            edge = without.bases[stage]
            is_whole = set(edge.possible).issubset(self.kept)
            if not is_whole:
                chosen.update(name for name in values if reads(edge.reference.text, name))
        return {name: values[name] for name in values if name in chosen}

    def positions(self) -> Mapping[int, int]:
        """Return for each stage that is kept its index in the output, where alias stages count too."""
        aliases = Counter(each.first_consumer for each in self.written if each.alias)
        found: dict[int, int] = {}
        position = 0
        for stage in range(len(self.source.stages)):
            position += aliases[stage]
            if stage in self.kept:
                found[stage] = position
                position += 1
        return found


def decide(graph: Graph, profile: Profile) -> Decisions:
    """Decide how each reference to a prebuilt stage is written, and which stages the output has."""
    problems = Problems()
    prebuilt = tuple(_prebuilt(graph, profile, problems))
    check_target(graph, profile, problems)
    kept = _kept_stages(graph, prebuilt, profile)
    decisions = Decisions(graph, profile, prebuilt, kept)
    _check_indices_of_triggers(decisions, problems)
    return decisions._replace(problems=tuple(problems))


def check_target(graph: Graph, profile: Profile, problems: Problems) -> None:
    """Report a target that is not a stage's name; no builder takes a number for one."""
    target = profile.target
    if target and target.text.lower() not in graph.names:
        message = f"no stage is named {target.text!r}"
        problems.error(target.at, "unknown-target", message, nearest_stage(graph, target.text.lower()))


def nearest_stage(graph: Graph, name: str, unnamed: str = "name the stage: FROM … AS NAME") -> str:
    """Return what to do about a name that no stage has; ``unnamed`` is that where no stage has a name."""
    known = f"the stages are {', '.join(graph.names)}" if graph.names else unnamed
    return did_you_mean(name, graph.names) or known


def _prebuilt(graph: Graph, profile: Profile, problems: Problems) -> list[Prebuilt]:
    claims = Claims(graph, problems)
    edges = _edges_by_stage(graph)
    found = []
    for settings in profile.prebuilt:
        name = settings.stage.text
        if name not in graph.names:
            _check_missing(graph, settings, problems)
        elif settings.style is not Style.STAGE:
            found.append(_decide(profile, settings, edges[graph.names[name]], claims))
    return found


def _edges_by_stage(graph: Graph) -> Sequence[Sequence[Edge]]:
    """Return for each stage the references that may mean it."""
    found: list[list[Edge]] = [[] for _ in graph.stages]
    for edge in graph.edges:
        for stage in edge.stages:
            found[stage].append(edge)
    return found


def _check_missing(graph: Graph, settings: StageSettings, problems: Problems) -> None:
    if settings.optional:
        return
    name = settings.stage.text
    hint = did_you_mean(name, graph.names)
    if not hint:
        known = nearest_stage(graph, name, f"name it: FROM … AS {name}")
        hint = f"{known}; or set optional: true"
    problems.error(settings.stage.at, "unknown-prebuilt-stage", f"no stage is named {name!r}", hint)


def _decide(profile: Profile, settings: StageSettings, edges: Sequence[Edge], claims: Claims) -> Prebuilt:
    graph, problems, style = claims.graph, claims.problems, settings.style
    check_image(graph, profile, settings, edges, problems)
    if style is Style.CONTEXT:
        _check_context(profile, settings, problems)
        written = edges
    else:
        written = _written(settings, edges, problems)
    args: list[GeneratedArg] = []
    alias = ""
    if style is Style.ARG and written:
        args = _generated_args(profile, settings, claims)
        copies = [edge for edge in written if edge.reference.kind is not ReferenceKind.FROM]
        if copies:
            alias = claims.alias(settings, copies)
    stage = graph.names[settings.stage.text]
    return Prebuilt(
        stage=stage,
        name=settings.stage.text,
        style=style,
        image=settings.image.text,
        edges=tuple(written),
        args=tuple(args),
        alias=alias,
        platform=own_platform(graph, stage),
        at=settings.stage.at,
    )


def _check_context(profile: Profile, settings: StageSettings, problems: Problems) -> None:
    if profile.builder is Builder.CLASSIC:
        name = settings.stage.text
        message = f"the classic builder cannot take the image of {name!r} for the stage: it has no --build-context"
        hint = "use style: arg, or builder: buildkit"
        problems.error(settings.stage.at, "context-needs-buildkit", message, hint)


def _written(settings: StageSettings, edges: Sequence[Edge], problems: Problems) -> list[Edge]:
    """Return the references to rewrite; the others are reported: for those, builders build the stage after all."""
    found = []
    for edge in edges:
        at = edge.reference.at
        if edge.reference.onbuild:
            message = "a trigger names a stage of whatever Dockerfile it runs in"
            hint = "style image writes the image into it; other styles leave it as it is"
            problems.warning(at, "onbuild-reference", message, hint)
        if not edge.word.literal:
            name = settings.stage.text
            message = f"this FROM is left as it is: it reaches the prebuilt stage {name!r} by a build argument"
            hint = f"write the stage's name, or pass its image by --build-arg for {edge.reference.text}"
            problems.warning(at, "reference-through-arg", message, hint)
        elif settings.style is Style.IMAGE or not edge.reference.onbuild:
            found.append(edge)
    return found


def _generated_args(profile: Profile, settings: StageSettings, claims: Claims) -> list[GeneratedArg]:
    found = []
    if profile.tag_arg and f"${{{profile.tag_arg.text}}}" in settings.image.text:
        found.append(claims.tag_arg(profile, profile.tag_arg))
    default = settings.image.text
    if settings.arg_default is Style.STAGE:
        default = settings.stage.text
    found.append(claims.image_arg(settings, default))
    return found


def _kept_stages(graph: Graph, prebuilt: Sequence[Prebuilt], profile: Profile) -> Collection[int]:
    """Return the stages that the output has: those that the profile's target needs, all where it has no target.

    What becomes an image needs no stage.
    """
    if not profile.target or profile.target.text.lower() not in graph.names:
        return range(len(graph.stages))
    target = graph.names[profile.target.text.lower()]
    cut = {edge.reference for each in prebuilt if each.is_image for edge in each.edges}
    return frozenset(graph.needs(target, cut, unlikely=True))


def _check_indices_of_triggers(decisions: Decisions, problems: Problems) -> None:
    """Report indices in triggers that other stages above make wrong; their text is not dfrender's to change."""
    indices = [edge for edge in decisions.source.edges if edge.reference.onbuild and edge.is_index]
    if not indices:
        return
    moved = decisions.positions()
    for edge in indices:
        is_kept = edge.reference.stage in decisions.kept
        if is_kept and moved.get(edge.stage, edge.stage) != edge.stage:
            index = edge.reference.text
            message = f"the index {index} of this trigger would mean another stage: the output has other ones above it"
            problems.error(edge.reference.at, "onbuild-index-shifts", message, "write the stage's name")
