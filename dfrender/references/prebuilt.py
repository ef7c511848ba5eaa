"""A `Graph` and a `Profile` to `Prebuilt`s: all decisions about prebuilt stages, made once, as values.

Edits nothing. Rewriting, rules and reports read what is decided here.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Self

from dfrender.diagnostics import Diagnostic, Severity, did_you_mean
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.parse import Kind
from dfrender.profile.profile import Builder, Profile, StageSettings, Style, Text
from dfrender.references.images import image_problems
from dfrender.source import At

_RESERVED = ("scratch", "context")


class GeneratedArg(NamedTuple):
    """A build argument that the output declares before its first ``FROM``; ``at`` is what names it in the profile."""

    name: str
    default: str
    at: At


class Prebuilt(NamedTuple):
    """What is decided about one prebuilt stage.

    ``edges`` are the references that mean the image: those that are rewritten, or all of them in style ``context``,
    where they stay bare. Style ``arg`` declares ``args``, the last of which holds the image; ``alias`` is the stage
    that ``COPY`` and mounts go through (empty where there are none), built for ``platform``. ``at`` is the profile's
    entry.
    """

    stage: int
    name: str
    style: Style
    image: str
    edges: tuple[Edge, ...]
    args: tuple[GeneratedArg, ...]
    alias: str
    platform: str
    at: At

    @property
    def is_image(self) -> bool:
        """Say whether the references name an image when no build argument is given."""
        return self.is_written and (not self.args or self.args[-1].default != self.name)

    @property
    def is_written(self) -> bool:
        """Say whether the file knows of it: in style ``context`` only whoever builds does."""
        return self.style is not Style.CONTEXT

    def text(self, edge: Edge) -> str:
        """Give what is written for a reference."""
        if self.style is Style.IMAGE:
            return self.image
        return f"${{{self.args[-1].name}}}" if edge.reference.kind is Kind.FROM else self.alias

    def within(self, kept: Collection[int]) -> Self:
        """Give what is left of it where only these stages are: neither arguments nor alias that nothing reads."""
        edges = tuple(edge for edge in self.edges if edge.reference.stage in kept)
        is_copied = any(edge.reference.kind is not Kind.FROM for edge in edges)
        return self._replace(edges=edges, args=self.args if edges else (), alias=self.alias if is_copied else "")


class _Taken(NamedTuple):
    """The names that are taken: what is to be said about the place of each."""

    args: dict[str, tuple[str, At]]
    stages: dict[str, tuple[str, At]]
    problems: list[Diagnostic]


def decide(graph: Graph, profile: Profile) -> tuple[tuple[Prebuilt, ...], tuple[Diagnostic, ...]]:
    """Decide how each reference to a prebuilt stage is written; also give the problems that this has."""
    taken = _Taken(_taken_args(graph), _taken_stages(graph), [])
    edges = _edges_by_stage(graph)
    found = []
    for settings in profile.prebuilt:
        stage = graph.names.get(settings.stage.text, NO_STAGE)
        if stage == NO_STAGE:
            taken.problems.extend(_no_stage(graph, settings))
        elif settings.style is not Style.STAGE:
            found.append(_decide(graph, profile, settings, edges.get(stage, []), taken))
    taken.problems.extend(unknown_target(graph, profile))
    taken.problems.extend(_shifted_triggers(graph, found, kept_stages(graph, found, profile)))
    return tuple(found), tuple(taken.problems)


def kept_stages(graph: Graph, prebuilt: Sequence[Prebuilt], profile: Profile) -> Collection[int]:
    """Give the stages that the output has: those that the profile's target needs, all where it has no target.

    What becomes an image needs no stage.
    """
    target = graph.names.get(profile.target.text.lower()) if profile.target else None
    if target is None:
        return range(len(graph.stages))
    cut = {edge.reference for each in prebuilt if each.is_image for edge in each.edges}
    return frozenset(graph.needs(target, cut))


def first_consumer(prebuilt: Prebuilt) -> int:
    """Give the index of the first stage that needs the alias."""
    return min(edge.reference.stage for edge in prebuilt.edges if edge.reference.kind is not Kind.FROM)


def positions(graph: Graph, prebuilt: Sequence[Prebuilt], kept: Collection[int]) -> Mapping[int, int]:
    """Give for each stage that is kept its index in the output, where alias stages count too."""
    left = (each.within(kept) for each in prebuilt)
    aliases = Counter(first_consumer(each) for each in left if each.alias)
    found: dict[int, int] = {}
    position = 0
    for stage in range(len(graph.stages)):
        position += aliases[stage]
        if stage in kept:
            found[stage] = position
            position += 1
    return found


def _taken_args(graph: Graph) -> dict[str, tuple[str, At]]:
    """Give the names that the file declares, or reads without declaring: a new ``ARG`` would give those a value."""
    words = [(edge.word, edge.reference.at) for edge in graph.edges]
    words += [(word, arg.at) for arg, word in graph.defaults]
    read = {name: ("read", at) for word, at in words for name in word.unset}
    return read | {arg.name: ("declared", arg.at) for arg in graph.dockerfile.args}


def _taken_stages(graph: Graph) -> dict[str, tuple[str, At]]:
    """Give the names of stages and images: an alias of that name would take over the references to it."""
    images = {edge.word.text.lower(): ("an image", edge.reference.at) for edge in graph.edges}
    stages = {stage.name: ("a stage", stage.at) for stage in graph.stages}
    return images | stages


def _edges_by_stage(graph: Graph) -> dict[int, list[Edge]]:
    found: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        for stage in edge.stages:
            found.setdefault(stage, []).append(edge)
    return found


def _no_stage(graph: Graph, settings: StageSettings) -> Iterator[Diagnostic]:
    if not settings.optional:
        name = settings.stage.text
        known = f"the stages are {', '.join(graph.names)}" if graph.names else f"name it: FROM … AS {name}"
        hint = did_you_mean(name, graph.names) or f"{known}; or set optional: true"
        yield Diagnostic(settings.stage.at, "unknown-prebuilt-stage", f"no stage is named {name!r}", hint=hint)


def unknown_target(graph: Graph, profile: Profile) -> Iterator[Diagnostic]:
    """Report a target that is no stage's name; no builder takes a number for one."""
    if profile.target:
        for at, message, hint in unnamed(graph, [profile.target]):
            yield Diagnostic(at, "unknown-target", message, hint=hint)


def unnamed(graph: Graph, wanted: Iterable[Text]) -> Iterator[tuple[At, str, str]]:
    """Give place, message and hint for each text that is no stage's name."""
    for each in wanted:
        name = each.text.lower()
        if name not in graph.names:
            known = f"the stages are {', '.join(graph.names)}" if graph.names else "name the stage: FROM … AS NAME"
            hint = did_you_mean(name, graph.names) or known
            yield each.at, f"no stage is named {each.text!r}", hint


def _decide(graph: Graph, profile: Profile, settings: StageSettings, edges: Sequence[Edge], taken: _Taken) -> Prebuilt:
    stage, style = graph.names[settings.stage.text], settings.style
    known = {(each.at, each.code) for each in taken.problems}  # one setting may make the images of many stages
    found = image_problems(graph, profile, settings, edges)
    taken.problems.extend(each for each in found if (each.at, each.code) not in known)
    if style is Style.CONTEXT and profile.builder is Builder.CLASSIC:
        taken.problems.append(_no_contexts(settings))
    rewritten = tuple(edges if style is Style.CONTEXT else _rewritten(edges, style, taken.problems))
    args: list[GeneratedArg] = []
    alias = ""
    if style is Style.ARG and rewritten:
        if profile.tag_arg and f"${{{profile.tag_arg.text}}}" in settings.image.text:
            args.append(_claim_tag(profile.tag_arg, profile.tag.text, taken))
        default = settings.stage.text if settings.arg_default is Style.STAGE else settings.image.text
        args.append(_claim_arg(settings, default, taken))
        copies = [edge for edge in rewritten if edge.reference.kind is not Kind.FROM]
        alias = _claim_alias(graph, settings, copies, taken) if copies else ""
    name, image, platform = settings.stage.text, settings.image.text, own_platform(graph, stage)
    return Prebuilt(stage, name, style, image, rewritten, tuple(args), alias, platform, settings.stage.at)


def own_platform(graph: Graph, stage: int) -> str:
    """Give the platform that a stage is built for, as written; empty if it is that of the target."""
    platform = graph.platform(stage)
    return "" if platform in ("$TARGETPLATFORM", "${TARGETPLATFORM}") else platform


def _no_contexts(settings: StageSettings) -> Diagnostic:
    message = (
        f"the classic builder cannot take the image of {settings.stage.text!r} for the stage: it has no --build-context"
    )
    hint = "use style: arg, or builder: buildkit"
    return Diagnostic(settings.stage.at, "context-needs-buildkit", message, hint=hint)


def _rewritten(edges: Sequence[Edge], style: Style, problems: list[Diagnostic]) -> Iterator[Edge]:
    """Give the references to rewrite; the others are reported: for those, builders build the stage after all."""
    for edge in edges:
        at = edge.reference.at
        if edge.reference.onbuild:
            message = "a trigger names a stage of whatever Dockerfile it runs in"
            hint = "style image writes the image into it; other styles leave it as it is"
            problems.append(Diagnostic(at, "onbuild-reference", message, Severity.WARNING, hint))
        if not edge.word.literal:
            message = (
                f"this FROM is left as it is: it reaches the prebuilt stage {edge.word.text!r} by a build argument"
            )
            hint = f"write the stage's name, or pass its image by --build-arg for {edge.reference.text}"
            problems.append(Diagnostic(at, "reference-through-arg", message, Severity.WARNING, hint))
        elif style is Style.IMAGE or not edge.reference.onbuild:
            yield edge


def _claim_tag(tag_arg: Text, tag: str, taken: _Taken) -> GeneratedArg:
    is_declared = taken.args.get(tag_arg.text, ("",))[0] == "declared"
    own = f", or use the file's own ARG: tag: $${{{tag_arg.text}}}" if is_declared else ""
    return _claim(tag_arg, tag, Text("tag_arg", tag_arg.at), f"choose another tag_arg{own}", taken)


def _claim_arg(settings: StageSettings, default: str, taken: _Taken) -> GeneratedArg:
    hint = f"set prebuilt.{settings.stage.text}.arg_name to a name of its own"
    return _claim(settings.arg_name, default, settings.stage, hint, taken)


def _claim(arg: Text, default: str, owner: Text, hint: str, taken: _Taken) -> GeneratedArg:
    """Take the name of a build argument for its owner; report one that is not valid or not free."""
    by, at = taken.args.setdefault(arg.text, (f"the other is {owner.text}", owner.at))
    if at != owner.at or not names.is_arg_name(arg.text) or names.is_predefined_arg(arg.text):
        taken.problems.append(_arg_problem(arg, by, at, hint))
    return GeneratedArg(arg.text, default, arg.at)


def _arg_problem(arg: Text, by: str, at: At, hint: str) -> Diagnostic:
    if not names.is_arg_name(arg.text):
        message = f"{arg.text!r} is no name of a build argument"
        return Diagnostic(arg.at, "invalid-arg-name", message, hint=hint)
    if names.is_predefined_arg(arg.text):
        message = f"builders give the build argument {arg.text} a meaning of their own"
        return Diagnostic(arg.at, "arg-name-taken", message, hint=hint)
    if by.startswith("the other"):
        message = f"two images would be given by the build argument {arg.text}"
        return Diagnostic(arg.at, "arg-name-clash", message, hint=hint, related=((by, at),))
    message = f"the Dockerfile already uses the build argument {arg.text}"
    return Diagnostic(arg.at, "arg-name-taken", message, hint=hint, related=((by, at),))


def _claim_alias(graph: Graph, settings: StageSettings, copies: Sequence[Edge], taken: _Taken) -> str:
    name, alias = settings.stage.text, settings.alias_name.text.lower()
    hint = f"set prebuilt.{name}.alias_name to a name of its own"
    by, at = taken.stages.setdefault(alias, ("the other alias", settings.stage.at))
    if not names.is_stage_name(alias) or names.image_problem(alias) or alias in _RESERVED:
        message = f"{alias!r} cannot name an alias stage"
        taken.problems.append(Diagnostic(settings.alias_name.at, "invalid-alias-name", message, hint=hint))
    elif at != settings.stage.at:
        message = f"the alias stage of {name!r} cannot be named {alias!r}: that name is taken"
        problem = Diagnostic(settings.alias_name.at, "alias-name-taken", message, hint=hint, related=((by, at),))
        taken.problems.append(problem)
    for edge in copies if graph.names[name] in graph.triggers else ():
        message = f"an alias stage of {name!r} would run its ONBUILD triggers"
        hint = f"set prebuilt.{name}.style to image"
        taken.problems.append(Diagnostic(edge.reference.at, "alias-runs-onbuild", message, hint=hint))
    return alias


def _shifted_triggers(graph: Graph, found: Sequence[Prebuilt], kept: Collection[int]) -> Iterator[Diagnostic]:
    """Report indices in triggers that other stages above make wrong; their text is not dfrender's to change."""
    indices = [edge for edge in graph.edges if edge.reference.onbuild and edge.is_index]
    moved = positions(graph, found, kept) if indices else {}
    for edge in indices:
        if edge.reference.stage in kept and moved.get(edge.stage, edge.stage) != edge.stage:
            index = edge.reference.text
            message = f"the index {index} of this trigger would mean another stage: the output has other ones above it"
            yield Diagnostic(edge.reference.at, "onbuild-index-shifts", message, hint="write the stage's name")
