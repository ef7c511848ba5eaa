"""A `Dockerfile` and build arguments to a `Graph`: what each reference means, as BuildKit decides it.

Follows ``dockerfile2llb/convert.go``. Says nothing of what is wrong; that is the business of the rules.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile.candidates import ANY, Candidates
from dfrender.dockerfile.expand import Expanded, Variables
from dfrender.dockerfile.model import Arg, Dockerfile, Reference, ReferenceKind, Stage
from dfrender.dockerfile.names import PLATFORM_ARGS, TARGET_STAGE

NO_STAGE = -1
_NUMBER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_NUMBER_LIMIT = 2**63  # Go's int
_PLATFORM = {"PLATFORM": "linux/amd64", "OS": "linux", "OSVERSION": "", "ARCH": "amd64", "VARIANT": ""}
_PREDEFINED = {name: _PLATFORM[part] for name, part in PLATFORM_ARGS.items()}
_PREDEFINED[TARGET_STAGE] = "default"  # the name of the stage that is asked for, and this where none is


class Edge(NamedTuple):
    """What a reference means: the stage with this index, or else the image (or ``scratch``) of that text.

    Variables of the platform count as those of linux/amd64; ``elsewhere`` are the stages that it may mean on others, or
    for another target.
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

    ``implied`` are edges for which nothing is written: mounts without a source, where a stage is named ``scratch``.
    ``bases`` are the edges of the ``FROM``s, one a stage; ``roots`` says whose ``FROM`` each stage begins from in the
    end. ``args`` are the values of the build arguments that a ``FROM`` sees, ``defaults`` the words that they were
    made of, ``declared`` their names, and ``doubtful`` the names of those that hang on something that is not known.
    ``names`` gives the last stage of a name, ``triggers`` has the stages with ``ONBUILD``. ``complete`` says that
    everything that a ``FROM`` may mean is known.
    """

    dockerfile: Dockerfile
    edges: tuple[Edge, ...]
    implied: tuple[Edge, ...]
    bases: tuple[Edge, ...]
    roots: tuple[int, ...]
    args: Mapping[str, str]
    defaults: tuple[tuple[Arg, Expanded], ...]
    declared: frozenset[str]
    doubtful: frozenset[str]
    names: Mapping[str, int]
    triggers: frozenset[int]
    complete: bool

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages in the file's order."""
        return self.dockerfile.stages

    @property
    def unreferenced(self) -> list[int]:
        """Return the stages that no reference names: what a build is likely to be for."""
        named: set[int] = set()
        for edge in (*self.edges, *self.implied):
            named.update(edge.stages)
        return [stage for stage in range(len(self.stages)) if stage not in named]

    def root(self, stage: int) -> Edge:
        """Return the FROM that a stage begins from in the end: one of an image, or one that platforms decide about."""
        return self.bases[self.roots[stage]]

    def platform(self, stage: int) -> str:
        """Return the ``--platform`` that a stage is built for, as written: its own if its base is an image.

        It is empty where the variables of the platform decide about the base.
        """
        root = self.roots[stage]
        if self.bases[root].elsewhere:
            return ""
        return self.stages[root].platform

    def needs(self, target: int, cut: Collection[Reference] = ()) -> list[int]:
        """Return the stages that building a target executes, itself among them, in the file's order.

        The references in ``cut`` are images.
        """
        if not self.complete:
            return list(range(len(self.stages)))
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
        for edge in (*self.edges, *self.implied):
            found = own
            if edge.reference.onbuild:
                found = triggered
            for stage in edge.stages:
                found[edge.reference.stage].append((edge.reference, stage))
        for stage, base in enumerate(self.bases):
            for above in base.stages:
                own[stage].extend(triggered[above])
        return own

    def variables(self) -> Variables:
        """Return what the words of a ``FROM`` are expanded with."""
        return Variables(self.args, self.declared, self.dockerfile.escape)

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
    digits = text.lstrip("+-").lstrip("0")
    if len(digits) > len(str(_NUMBER_LIMIT)):
        return None
    value = int(digits or "0")
    if text.startswith("-"):
        value = -value
    if not -_NUMBER_LIMIT <= value < _NUMBER_LIMIT:
        return None
    return value


def graph(dockerfile: Dockerfile, build_args: Mapping[str, str] | None = None) -> Graph:
    """Find what every reference means when these build arguments are given."""
    args, defaults = _global_args(dockerfile, build_args or {})
    names = {}
    for stage in dockerfile.stages:
        if stage.name:
            names[stage.name] = stage.position
    candidates = Candidates()
    bases = _bases(dockerfile, args, candidates)
    edges = []
    for reference in dockerfile.references:
        if reference.kind is ReferenceKind.FROM:
            edges.append(bases[reference.stage])
        else:
            found = _find(reference, names, len(dockerfile.stages))
            edges.append(Edge(reference, Expanded(reference.text), found))
    implied = []
    for reference in dockerfile.sourceless:
        if "scratch" in names:
            implied.append(Edge(reference, Expanded("scratch"), names["scratch"]))
    triggers = frozenset(each.stage for each in dockerfile.instructions if each.keyword == "ONBUILD")
    return Graph(
        dockerfile,
        edges=tuple(edges),
        implied=tuple(implied),
        bases=tuple(bases),
        roots=_roots(bases),
        args=args,
        defaults=defaults,
        declared=frozenset(arg.name for arg, _word in defaults),
        doubtful=_doubtful(defaults),
        names=names,
        triggers=triggers,
        complete=candidates.complete,
    )


def _bases(dockerfile: Dockerfile, args: Mapping[str, str], above: Candidates) -> list[Edge]:
    """Return what each ``FROM`` means: it sees the stages above it only, and of those the ones that have a name."""
    declared = {arg.name for arg in dockerfile.args if arg.stage == NO_STAGE}
    variables = Variables(args, declared, dockerfile.escape)
    of_any, _ = _global_args(dockerfile, dict.fromkeys(_PREDEFINED, ANY))
    patterns = Variables(of_any, declared, dockerfile.escape)
    bases = []
    for stage in dockerfile.stages:
        word = variables.expand(stage.base.text)
        found = above.named(word.text)
        if found is None:
            found = NO_STAGE
        elsewhere: list[int] = []
        pattern = word
        if not word.literal:
            pattern = patterns.expand(stage.base.text)
        if ANY in pattern.text:
            elsewhere = above.matching(pattern.text)
        if found in elsewhere:
            elsewhere.remove(found)
        bases.append(Edge(stage.base, word, found, tuple(elsewhere)))
        if stage.name:
            above.add(stage.name, stage.position)
    return bases


def _roots(bases: Sequence[Edge]) -> tuple[int, ...]:
    roots: list[int] = []
    for stage, base in enumerate(bases):
        if base.stage == NO_STAGE or base.elsewhere:
            roots.append(stage)
        else:
            roots.append(roots[base.stage])
    return tuple(roots)


def _global_args(
    dockerfile: Dockerfile, build_args: Mapping[str, str]
) -> tuple[dict[str, str], tuple[tuple[Arg, Expanded], ...]]:
    """Return the values of the arguments above the first ``FROM``, and the words that they were made of."""
    args = dict(_PREDEFINED)
    for name in _PREDEFINED:
        if name in build_args:
            args[name] = build_args[name]
    declared: set[str] = set()
    variables = Variables(args, declared, dockerfile.escape)
    defaults = []
    for arg in dockerfile.args:
        if arg.stage != NO_STAGE:
            continue
        declared.add(arg.name)
        word = Expanded(build_args.get(arg.name, ""))
        if arg.name not in build_args:
            word = variables.expand(arg.default or "")
        defaults.append((arg, word))
        if not word.is_known:
            args.pop(arg.name, None)
        elif arg.name in build_args or arg.default is not None:
            args[arg.name] = word.text
    return args, tuple(defaults)


def _doubtful(defaults: Sequence[tuple[Arg, Expanded]]) -> frozenset[str]:
    """Return the arguments whose default reads one without a value, or one that is doubtful itself."""
    found: set[str] = set()
    for arg, word in defaults:
        if word.unset or word.fault or found & word.names:
            found.add(arg.name)
        elif arg.default is not None:
            found.discard(arg.name)
    return frozenset(found)


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
