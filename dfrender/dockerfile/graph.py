"""A `Dockerfile` and build arguments to a `Graph`: what each reference means, as BuildKit decides it.

Follows ``dockerfile2llb/convert.go``. Says nothing of what is wrong; that is the business of the rules.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from dfrender.dockerfile.expand import Expanded, replace_variables
from dfrender.dockerfile.model import Arg, Dockerfile, Reference, ReferenceKind, Stage
from dfrender.dockerfile.names import PLATFORM_ARGS

NO_STAGE = -1
_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_PLATFORM = {"PLATFORM": "linux/amd64", "OS": "linux", "OSVERSION": "", "ARCH": "amd64", "VARIANT": ""}
_PREDEFINED = {name: _PLATFORM[part] for name, part in PLATFORM_ARGS.items()}
_ANY = "\0"  # in place of a platform: no Dockerfile holds it


class Edge(NamedTuple):
    """What a reference means: the stage with this index, or else the image (or ``scratch``) of that text.

    Variables of the platform count as those of linux/amd64; ``elsewhere`` are the stages that it may mean on others.
    """

    reference: Reference
    word: Expanded
    stage: int
    elsewhere: tuple[int, ...] = ()

    @property
    def stages(self) -> tuple[int, ...]:
        """Return every stage that it may mean, none for an image."""
        if self.stage == NO_STAGE:
            return self.elsewhere
        return (self.stage, *self.elsewhere)

    @property
    def image(self) -> str:
        """Return the image's reference; empty for a stage and for ``scratch``."""
        if self.stage != NO_STAGE or self.word.text == "scratch":
            return ""
        return self.word.text

    @property
    def is_index(self) -> bool:
        """Return whether it counts stages, which only ``COPY --from`` does."""
        return self.reference.kind is ReferenceKind.COPY and number(self.reference.text) is not None


class Graph(NamedTuple):
    """A Dockerfile's stages and what they refer to: an edge for each reference, in the file's order.

    ``bases`` are the edges of the ``FROM``s, one a stage. ``args`` are the values of the build arguments that a
    ``FROM`` sees, ``defaults`` the words that they were made of. ``names`` gives the last stage of a name,
    ``triggers`` has the stages with ``ONBUILD``.
    """

    dockerfile: Dockerfile
    edges: tuple[Edge, ...]
    bases: tuple[Edge, ...]
    args: Mapping[str, str]
    defaults: tuple[tuple[Arg, Expanded], ...]
    names: Mapping[str, int]
    triggers: frozenset[int]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages in the file's order."""
        return self.dockerfile.stages

    @property
    def unreferenced(self) -> list[int]:
        """Return the stages that no reference names: what a build is likely to be for."""
        named: set[int] = set()
        for edge in self.edges:
            named.update(edge.stages)
        return [stage for stage in range(len(self.stages)) if stage not in named]

    def root(self, stage: int) -> Edge:
        """Return the FROM that a stage begins from in the end: one of an image, or one that platforms decide about."""
        base = self.bases[stage]
        while base.stage != NO_STAGE and not base.elsewhere:
            base = self.bases[base.stage]
        return base

    def platform(self, stage: int) -> str:
        """Return the ``--platform`` that a stage is built for, as written: its own if its base is an image.

        It is empty where the variables of the platform decide about the base.
        """
        root = self.root(stage)
        if root.elsewhere:
            return ""
        return self.stages[root.reference.stage].platform

    def needs(self, target: int, cut: Collection[Reference] = ()) -> list[int]:
        """Return the stages that building a target executes, itself among them, in the file's order.

        The references in ``cut`` are images.
        """
        uses = self.uses()
        seen = {target}
        pending = [target]
        while pending:
            for reference, source in uses[pending.pop()]:
                if source not in seen and reference not in cut:
                    seen.add(source)
                    pending.append(source)
        return sorted(seen)

    def uses(self) -> list[list[tuple[Reference, int]]]:
        """Return the stages that each stage refers to: by itself, and by the triggers of those that it begins from."""
        own: list[list[tuple[Reference, int]]] = [[] for _ in self.stages]
        triggered: list[list[tuple[Reference, int]]] = [[] for _ in self.stages]
        for edge in self.edges:
            found = own
            if edge.reference.onbuild:
                found = triggered
            for stage in edge.stages:
                found[edge.reference.stage].append((edge.reference, stage))
        for stage, base in enumerate(self.bases):
            for above in base.stages:
                own[stage].extend(triggered[above])
        return own

    def title(self, stage: int) -> str:
        """Return a stage's name, or ``#index`` if it has none or shares it."""
        name = self.stages[stage].name
        if self.names.get(name) == stage:
            return name
        return f"#{stage}"


def number(text: str) -> int | None:
    """Return the number that a whole text is, as Go's ``Atoi`` reads it."""
    if not _NUMBER.fullmatch(text):
        return None
    return int(text)


def graph(dockerfile: Dockerfile, build_args: Mapping[str, str] | None = None) -> Graph:
    """Find what every reference means when these build arguments are given."""
    args, defaults = _global_args(dockerfile, build_args or {})
    names = {}
    for stage in dockerfile.stages:
        if stage.name:
            names[stage.name] = stage.position
    bases = _bases(dockerfile, args)
    edges = []
    for reference in dockerfile.references:
        if reference.kind is ReferenceKind.FROM:
            edges.append(bases[reference.stage])
        else:
            found = _find(reference, names, len(dockerfile.stages))
            edges.append(Edge(reference, Expanded(reference.text), found))
    triggers = frozenset(each.stage for each in dockerfile.instructions if each.keyword == "ONBUILD")
    return Graph(dockerfile, tuple(edges), tuple(bases), args, defaults, names, triggers)


def _bases(dockerfile: Dockerfile, args: Mapping[str, str]) -> list[Edge]:
    """Return what each ``FROM`` means: it sees the stages above it only."""
    any_platform: Mapping[str, str] = {}
    if _reads_platform(dockerfile):
        any_platform, _ = _global_args(dockerfile, dict.fromkeys(PLATFORM_ARGS, _ANY))
    earlier: dict[str, int] = {}
    bases = []
    for stage in dockerfile.stages:
        word = replace_variables(stage.base.text, args, dockerfile.escape)
        found = earlier.get(word.text, NO_STAGE)
        elsewhere: tuple[int, ...] = ()
        if any_platform:
            pattern = replace_variables(stage.base.text, any_platform, dockerfile.escape)
            elsewhere = tuple(_matching(pattern.text, earlier, found))
        bases.append(Edge(stage.base, word, found, elsewhere))
        earlier[stage.name] = stage.position
    return bases


def _reads_platform(dockerfile: Dockerfile) -> bool:
    words = [stage.base.text for stage in dockerfile.stages]
    for arg in dockerfile.args:
        if arg.stage == NO_STAGE and arg.default:
            words.append(arg.default)
    variables = [word for word in words if "$" in word]
    return any(name in word for word in variables for name in PLATFORM_ARGS)


def _matching(pattern: str, earlier: Mapping[str, int], stage: int) -> Iterator[int]:
    """Yield the other stages whose names fit a text in which platforms may stand for anything."""
    if _ANY not in pattern:
        return
    expression = ".*".join(map(re.escape, pattern.split(_ANY)))
    for name, position in earlier.items():
        if position != stage and name and re.fullmatch(expression, name):
            yield position


def _global_args(
    dockerfile: Dockerfile, build_args: Mapping[str, str]
) -> tuple[dict[str, str], tuple[tuple[Arg, Expanded], ...]]:
    args = dict(_PREDEFINED)
    for name in _PREDEFINED:
        if name in build_args:
            args[name] = build_args[name]
    defaults = []
    for arg in dockerfile.args:
        if arg.stage != NO_STAGE:
            continue
        word = replace_variables(arg.default or "", args, dockerfile.escape)
        defaults.append((arg, word))
        if arg.name in build_args:
            args[arg.name] = build_args[arg.name]
        elif arg.default is not None:
            args[arg.name] = word.text
    return args, tuple(defaults)


def _find(reference: Reference, names: Mapping[str, int], stages: int) -> int:
    """Find the stage of a ``COPY --from`` or mount among all stages; only the former knows indices."""
    index = None
    if reference.kind is ReferenceKind.COPY:
        index = number(reference.text)
    if index is None:
        return names.get(reference.text.lower(), NO_STAGE)
    if 0 <= index < stages:
        return index
    return NO_STAGE
