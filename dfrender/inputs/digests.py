"""A `Graph`, a `Profile` and a build context to the digest of each stage, of the template before anything is written.

What is taken from the context is read here, through the `Context`; nothing else is.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dfrender.diagnostics import Problems
from dfrender.dockerfile.expand import Expanded
from dfrender.dockerfile.graph import NO_STAGE, Edge, Graph
from dfrender.dockerfile.names import TARGET_STAGE
from dfrender.dockerfile.statement import Statement
from dfrender.inputs import arguments
from dfrender.inputs.context import Context
from dfrender.inputs.parts import FILES, VERSION, Digest, Part, digest_of
from dfrender.inputs.sources import Source, sources_of
from dfrender.inputs.taking import Taker
from dfrender.inputs.written import Written, declared_by, written_of
from dfrender.profile.profile import Profile, Style

_DIRECTIVES = ("syntax", "escape")  # ``check`` changes what is said, not what is built


class StageInputs(NamedTuple):
    """What one stage is made of: its digest, what it took, and what is wrong with that."""

    digest: Digest
    taker: Taker
    problems: Problems


def stage_inputs(source: Graph, profile: Profile, context: Context, wanted: Iterable[int]) -> Mapping[int, StageInputs]:
    """Return what these stages, and those that they refer to, are made of, in the order of the file."""
    uses = source.uses()
    pending = list(wanted)
    needed: set[int] = set()
    while pending:
        stage = pending.pop()
        if stage not in needed:
            needed.add(stage)
            pending += [other for _, other in uses[stage]]
    reader = _Reader(source, profile, context)
    for stage in sorted(needed):
        reader.read(stage)
    return reader.found


class _Reader:
    """What was found of the stages so far: a stage is made of earlier ones."""

    def __init__(self, source: Graph, profile: Profile, context: Context) -> None:
        self.found: dict[int, StageInputs] = {}
        self._source = source
        self._profile = profile
        self._context = context
        self._written = written_of(source)
        self._settings = {each.stage.text: each for each in profile.prebuilt}
        self._uses = source.uses()
        self._readers_of_names: set[int] = set()
        self._handing_down: set[int] = set()

    def read(self, stage: int) -> None:
        problems = Problems()
        taker = Taker(self._context, problems)
        statements = list(self._statements(stage))
        body = list(self._body(stage))
        seen = self._seen(stage, statements)
        reads_name = TARGET_STAGE in seen or self._begins_with_name(stage)
        if reads_name or not self._readers_of_names.isdisjoint(self._referred(stage)):
            self._readers_of_names.add(stage)
        if self._hands_down(stage):
            self._handing_down.add(stage)
        taker.take(self._sources(stage, statements))
        parts = list(self._head(stage))
        parts += body
        parts += _arguments(seen)
        name = self._source.stages[stage].name or f"stage-{stage}"
        sha256 = digest_of(parts, taker.inputs.values())
        digest = Digest(stage, name, sha256, tuple(parts), taker.inputs)
        self.found[stage] = StageInputs(digest, taker, problems)

    def _head(self, stage: int) -> Iterator[Part]:
        """Yield what holds for a stage as a whole."""
        profile = self._profile
        yield Part(("version", VERSION))
        yield Part(("platform", profile.builds.platform.text if profile.builds.platform else ""))
        yield Part(("salt", profile.builds.salt.text))
        dockerfile = self._source.dockerfile
        for directive in dockerfile.directives:
            if directive.name in _DIRECTIVES:
                at = dockerfile.lines[directive.line].locate(0)
                yield Part((directive.name, directive.value), at)
        for name, value in arguments.of_the_builder(arguments.given_by(profile)):
            yield Part(("builder argument", name, value))
        if stage in self._readers_of_names:
            yield Part(("target", self._source.stages[stage].name))
        if self._has_triggers(stage):
            yield Part(("triggers",))

    def _body(self, stage: int) -> Iterator[Part]:
        """Yield the instructions of a stage with what their references mean; those that a base triggers come first."""
        first, *others = self._written[stage]
        yield from self._begin(stage, first)
        for base in self._source.bases[stage].stages:
            for written in self._written[base]:
                if written.trigger:
                    yield Part(("trigger", written.text, written.bodies), written.at)
                    yield from self._meanings(stage, written.edges)
        for written in others:
            yield Part(("instruction", written.text, written.bodies), written.at)
            if not written.trigger:
                yield from self._meanings(stage, written.edges)
        yield from self._meanings(stage, self._implied(stage))

    def _implied(self, stage: int) -> Iterator[Edge]:
        """Yield what is meant where nothing is written, in a stage and in the triggers of its bases."""
        bases = self._source.bases[stage].stages
        for edge in self._source.implied:
            origin = edge.reference.stage
            if (origin in bases) if edge.reference.onbuild else (origin == stage):
                yield edge

    def _platform(self, stage: int) -> Expanded:
        return self._source.variables().expand(self._source.stages[stage].platform)

    def _begin(self, stage: int, written: Written) -> Iterator[Part]:
        """Yield what a ``FROM`` means: each stage that it may be, or the image that it names, but not its own name."""
        yield Part(("from", self._platform(stage).text), written.at)
        base = self._source.bases[stage]
        for each in base.stages:
            yield self._stage_part(each, base, self._kind_of_base(base, each))
        if base.stage == NO_STAGE:
            yield Part(("image", base.word.text), base.reference.at, base.reference.text)

    def _meanings(self, stage: int, edges: Iterable[Edge]) -> Iterator[Part]:
        for edge in edges:
            if edge.stage == NO_STAGE:
                yield Part(("image", edge.word.text), edge.reference.at, edge.reference.text)
            elif edge.stage < stage:
                yield self._stage_part(edge.stage, edge, FILES)
            else:  # builders refuse it
                yield Part(("later stage", edge.word.text), edge.reference.at)

    def _stage_part(self, stage: int, edge: Edge, kind: str) -> Part:
        digest = self.found[stage].digest
        return Part(("stage", digest.sha256, kind), edge.reference.at, digest.name)

    def _kind_of_base(self, base: Edge, stage: int) -> str:
        """Say as what a base is seen, where that matters: an image hands down no ``ARG``, a stage does."""
        if stage not in self._handing_down:
            return "base"
        settings = self._settings.get(self._source.stages[stage].name)
        if settings is None or settings.style is Style.STAGE or not base.word.literal:
            return "stage"
        if settings.style is Style.ARG and settings.arg_default is Style.STAGE:
            return "stage or image"
        return "image"

    def _hands_down(self, stage: int) -> bool:
        """Return whether a stage, or one that it begins from, has an ``ARG``."""
        for written in self._written[stage]:
            if written.statement.keyword == "ARG":
                return True
        return not self._handing_down.isdisjoint(self._source.bases[stage].stages)

    def _referred(self, stage: int) -> Iterator[int]:
        """Yield the earlier stages that a stage refers to, by itself or by a trigger."""
        for _, other in self._uses[stage]:
            if other < stage:
                yield other

    def _statements(self, stage: int) -> Iterator[Statement]:
        """Yield what is executed in a stage: the triggers of its bases, and its own instructions."""
        for base in self._source.bases[stage].stages:
            for written in self._written[base]:
                trigger = written.trigger
                if trigger:
                    yield trigger
        for written in self._written[stage]:
            if not written.trigger:
                yield written.statement

    def _seen(self, stage: int, statements: Iterable[Statement]) -> Mapping[str, str]:
        """Return the arguments that a stage sees: those that its ``FROM`` names, and those that are declared in it."""
        given = arguments.given_by(self._profile)
        args = self._source.args
        seen: dict[str, str] = {}
        for name in self._source.bases[stage].word.names | self._platform(stage).names:
            if name in args:
                seen[name] = args[name]
        for statement in statements:
            for name, has_default in declared_by(statement):
                if name in given:
                    seen[name] = given[name]
                elif name in args and not has_default:
                    seen[name] = args[name]
        return seen

    def _sources(self, stage: int, statements: Iterable[Statement]) -> Iterator[Source]:
        for statement in statements:
            yield from sources_of(statement)
        if self._has_triggers(stage):
            settings = self._settings[self._source.stages[stage].name]
            yield Source("", settings.stage.at)

    def _begins_with_name(self, stage: int) -> bool:
        """Return whether the name of the target decides what a stage begins from."""
        begin = self._source.stages[stage]
        texts = [begin.base.text, begin.platform]
        for arg, _ in self._source.defaults:
            texts.append(arg.default or "")
        return any(TARGET_STAGE in text for text in texts)

    def _has_triggers(self, stage: int) -> bool:
        """Return whether the profile says that the image which a stage begins from has triggers."""
        settings = self._settings.get(self._source.stages[stage].name)
        return settings is not None and settings.onbuild


def _arguments(seen: Mapping[str, str]) -> Iterator[Part]:
    for name in sorted(seen):
        yield Part(("argument", name, seen[name]))
