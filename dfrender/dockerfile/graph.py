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
        """Give every stage that it may mean, none for an image."""
        return self.elsewhere if self.stage == NO_STAGE else (self.stage, *self.elsewhere)

    @property
    def image(self) -> str:
        """Give the image's reference; empty for a stage and for ``scratch``."""
        return "" if self.stage != NO_STAGE or self.word.text == "scratch" else self.word.text

    @property
    def is_index(self) -> bool:
        """Say whether it counts stages, which only ``COPY --from`` does."""
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
        """Give the stages in the file's order."""
        return self.dockerfile.stages

    @property
    def unreferenced(self) -> list[int]:
        """Give the stages that no reference names: what a build is likely to be for."""
        named = {stage for edge in self.edges for stage in edge.stages}
        return [stage.position for stage in self.stages if stage.position not in named]

    def root(self, stage: int) -> Edge:
        """Give the FROM that a stage begins from in the end: one of an image, or one that platforms decide about."""
        while (base := self.bases[stage]).stage != NO_STAGE and not base.elsewhere:
            stage = base.stage
        return base

    def platform(self, stage: int) -> str:
        """Give the ``--platform`` that a stage is built for, as written: its own if its base is an image.

        It is empty where the variables of the platform decide about the base.
        """
        root = self.root(stage)
        return "" if root.elsewhere else self.stages[root.reference.stage].platform

    def needs(self, target: int, cut: Collection[Reference] = ()) -> list[int]:
        """Give the stages that building a target executes, itself among them, in the file's order.

        The references in ``cut`` are images.
        """
        uses = self.uses()
        seen: set[int] = set()
        todo = [target]
        while todo:
            stage = todo.pop()
            if stage not in seen:
                seen.add(stage)
                todo += [source for reference, source in uses[stage] if reference not in cut]
        return sorted(seen)

    def uses(self) -> list[list[tuple[Reference, int]]]:
        """Give the stages that each stage refers to: by itself, and by the triggers of those that it begins from."""
        own: list[list[tuple[Reference, int]]] = [[] for _ in self.stages]
        triggers: list[list[tuple[Reference, int]]] = [[] for _ in self.stages]
        for edge in self.edges:
            found = triggers if edge.reference.onbuild else own
            found[edge.reference.stage].extend((edge.reference, stage) for stage in edge.stages)
        return [
            [*each, *(use for above in base.stages for use in triggers[above])]
            for each, base in zip(own, self.bases, strict=True)
        ]

    def title(self, stage: int) -> str:
        """Give a stage's name, or ``#index`` if it has none or shares it."""
        name = self.stages[stage].name
        return name if self.names.get(name) == stage else f"#{stage}"


def number(text: str) -> int | None:
    """Give the number that a whole text is, as Go's ``Atoi`` reads it."""
    return int(text) if _NUMBER.fullmatch(text) else None


def graph(dockerfile: Dockerfile, build_args: Mapping[str, str] | None = None) -> Graph:
    """Find what every reference means when these build arguments are given."""
    args, defaults = _global_args(dockerfile, build_args or {})
    names: dict[str, int] = {stage.name: stage.position for stage in dockerfile.stages if stage.name}
    earlier: dict[str, int] = {}
    anywhere = _global_args(dockerfile, dict.fromkeys(PLATFORM_ARGS, _ANY))[0] if _reads_platform(dockerfile) else {}
    edges = []
    for reference in dockerfile.references:
        if reference.kind is ReferenceKind.FROM:
            word = replace_variables(reference.text, args, dockerfile.escape)
            stage = earlier.get(word.text, NO_STAGE)
            pattern = replace_variables(reference.text, anywhere, dockerfile.escape).text if anywhere else ""
            edges.append(Edge(reference, word, stage, tuple(_matching(pattern, earlier, stage))))
            earlier[dockerfile.stages[reference.stage].name] = reference.stage
        else:
            edges.append(Edge(reference, Expanded(reference.text), _find(reference, names, len(dockerfile.stages))))
    bases = tuple(edge for edge in edges if edge.reference.kind is ReferenceKind.FROM)
    triggers = frozenset(each.stage for each in dockerfile.instructions if each.keyword == "ONBUILD")
    return Graph(dockerfile, tuple(edges), bases, args, defaults, names, triggers)


def _reads_platform(dockerfile: Dockerfile) -> bool:
    words = [stage.base.text for stage in dockerfile.stages]
    words += [arg.default or "" for arg in dockerfile.args if arg.stage == NO_STAGE]
    return any(name in word for word in words if "$" in word for name in PLATFORM_ARGS)


def _matching(pattern: str, earlier: Mapping[str, int], stage: int) -> Iterator[int]:
    """Give the other stages whose names fit a text in which platforms may stand for anything."""
    if _ANY in pattern:
        expression = ".*".join(map(re.escape, pattern.split(_ANY)))
        for name, position in earlier.items():
            if position != stage and name and re.fullmatch(expression, name):
                yield position


def _global_args(
    dockerfile: Dockerfile, build_args: Mapping[str, str]
) -> tuple[dict[str, str], tuple[tuple[Arg, Expanded], ...]]:
    args = {**_PREDEFINED, **{name: value for name, value in build_args.items() if name in _PREDEFINED}}
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
    index = number(reference.text) if reference.kind is ReferenceKind.COPY else None
    if index is not None:
        return index if 0 <= index < stages else NO_STAGE
    return names.get(reference.text.lower(), NO_STAGE)
