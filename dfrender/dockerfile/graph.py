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
_NUMBER_LIMIT = 2**63  # Go's int
_PLATFORM = {"PLATFORM": "linux/amd64", "OS": "linux", "OSVERSION": "", "ARCH": "amd64", "VARIANT": ""}
_PREDEFINED = {name: _PLATFORM[part] for name, part in PLATFORM_ARGS.items()}
_PREDEFINED[TARGET_STAGE] = "default"  # the name of the stage that is asked for, and this where none is
_WORKING = frozenset({"RUN", "ADD", "COPY"})
# what containerd's platforms package makes of a variant that is the usual one
_VARIANTS = {"arm": "v7", "arm/v7": "v7", "arm64/v8": "", "amd64/v1": ""}
# what may make any text of a variable, even nothing; not compiled, since few files need it
_ANY_TEXT = r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::?\+|[#%/])"


class Edge(NamedTuple):
    """What a reference means: the stage with this index, or else the image (or ``scratch``) of that text.

    Where no platform is given, its variables count as those of linux/amd64; ``elsewhere`` are the stages that it may
    mean on others, or for another target, and ``given`` those that it may mean with other build arguments. An argument
    with nothing beside it could be given every stage above: those are ``unlikely``, and count only where it would be
    wrong to leave one out.
    """

    reference: Reference
    word: Expanded
    stage: int
    elsewhere: tuple[int, ...] = ()
    given: tuple[int, ...] = ()
    unlikely: tuple[int, ...] = ()

    @property
    def stages(self) -> tuple[int, ...]:
        """Return every stage that it may mean, none for an image."""
        others = self.elsewhere + self.given
        if self.stage == NO_STAGE:
            return others
        return (self.stage, *others)

    @property
    def possible(self) -> tuple[int, ...]:
        """Return every stage that it may mean, unlikely or not."""
        return self.stages + self.unlikely

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
        for edge in self.edges + self.implied:
            named.update(edge.stages)
        return [stage for stage in range(len(self.stages)) if stage not in named]

    @property
    def working(self) -> set[int]:
        """Return the stages that cost something to build: that run a command, take files, or have triggers to run."""
        found: set[int] = set()
        triggering: set[int] = set()
        for each in self.dockerfile.instructions:
            if each.keyword in _WORKING:
                found.add(each.stage)
            elif each.keyword == "ONBUILD":
                triggering.add(each.stage)
        for stage, base in enumerate(self.bases):
            if not triggering.isdisjoint(base.stages):
                found.add(stage)
        return found

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

    def needs(self, target: int, cut: Collection[Reference] = (), *, unlikely: bool = False) -> list[int]:
        """Return the stages that building a target executes, itself among them, in the file's order.

        The references in ``cut`` are images; ``unlikely`` ones are among the stages only if asked for.
        """
        if not self.complete:
            return list(range(len(self.stages)))
        uses = self.uses(unlikely=unlikely)
        seen = {target}
        pending = [target]
        while pending:
            for reference, source in uses[pending.pop()]:
                if source not in seen and reference not in cut:
                    seen.add(source)
                    pending.append(source)
        return sorted(seen)

    def uses(self, *, unlikely: bool = False) -> list[list[tuple[Reference, int]]]:
        """Return the stages that each stage refers to: by itself, and by the triggers of those that it begins from."""
        own: list[list[tuple[Reference, int]]] = [[] for _ in self.stages]
        triggered: list[list[tuple[Reference, int]]] = [[] for _ in self.stages]
        for edge in self.edges + self.implied:
            found = own
            if edge.reference.onbuild:
                found = triggered
            for stage in edge.possible if unlikely else edge.stages:
                found[edge.reference.stage].append((edge.reference, stage))
        for stage, base in enumerate(self.bases):
            for above in base.possible if unlikely else base.stages:
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


class Given(NamedTuple):
    """What a build is given: build arguments, and those that its target platform sets unless the file does."""

    build_args: Mapping[str, str]
    platform: Mapping[str, str]


def number(text: str) -> int | None:
    """Return the number that a whole text is, as Go's ``Atoi`` reads it."""
    digits = text[1:] if text.startswith(("+", "-")) else text
    if not digits.isascii() or not digits.isdigit():
        return None
    digits = digits.lstrip("0")
    if len(digits) > len(str(_NUMBER_LIMIT)):
        return None
    value = int(digits or "0")
    if text.startswith("-"):
        value = -value
    if not -_NUMBER_LIMIT <= value < _NUMBER_LIMIT:
        return None
    return value


def graph(dockerfile: Dockerfile, build_args: Mapping[str, str] | None = None, platform: str = "") -> Graph:
    """Find what every reference means when these build arguments are given, and a target platform if there is one."""
    given = Given(build_args or {}, _of_platform(platform))
    args, defaults = _global_args(dockerfile, given)
    names = {}
    for stage in dockerfile.stages:
        if stage.name:
            names[stage.name] = stage.position
    candidates = Candidates()
    bases = _bases(dockerfile, args, given, candidates)
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


def _of_platform(platform: str) -> Mapping[str, str]:
    """Return the build arguments that a target platform sets."""
    if not platform:
        return {}
    system, _, machine = platform.partition("/")
    architecture, _, variant = machine.partition("/")
    variant = _VARIANTS.get(machine, variant)
    normal = f"{system}/{architecture}"
    if variant:
        normal += f"/{variant}"
    parts = {"PLATFORM": normal, "OS": system, "OSVERSION": "", "ARCH": architecture, "VARIANT": variant}
    found = {}
    for name, part in PLATFORM_ARGS.items():
        if name.startswith("TARGET"):
            found[name] = parts[part]
    return found


def _bases(dockerfile: Dockerfile, args: Mapping[str, str], given: Given, above: Candidates) -> list[Edge]:
    """Return what each ``FROM`` means: it sees the stages above it only, and of those the ones that have a name."""
    declared = {arg.name for arg in dockerfile.args if arg.stage == NO_STAGE}
    variables = Variables(args, declared, dockerfile.escape)
    of_platforms = Variables(_any_platform(dockerfile, given), declared, dockerfile.escape)
    of_arguments = Variables(_any_argument(dockerfile, args, given), declared, dockerfile.escape)
    bases = []
    for stage in dockerfile.stages:
        text = stage.base.text
        word = variables.expand(text)
        found = above.named(word.text)
        edge = Edge(stage.base, word, NO_STAGE if found is None else found)
        if not word.literal and not word.fault:
            edge = _with_others(edge, _pattern(of_platforms, text), _pattern(of_arguments, text), above)
        bases.append(edge)
        if stage.name:
            above.add(stage.name, stage.position)
    return bases


def _any_platform(dockerfile: Dockerfile, given: Given) -> Mapping[str, str]:
    """Return the values of the arguments where each that a platform or a target would set may be anything."""
    open_args = {}
    for name in _PREDEFINED:
        if name not in given.platform:
            open_args[name] = ANY
    values, _ = _global_args(dockerfile, Given({**open_args, **given.build_args}, given.platform))
    return values


def _any_argument(dockerfile: Dockerfile, args: Mapping[str, str], given: Given) -> Mapping[str, str]:
    """Return the values of the arguments where each may be anything that no build argument or platform fixes."""
    values = dict(args)
    for name in _PREDEFINED:
        if name not in given.platform and name not in given.build_args:
            values[name] = ANY
    for arg in dockerfile.args:
        # what dfrender declares itself is given what it is for
        is_generated = bool(dockerfile.lines[arg.last].why)
        if arg.stage == NO_STAGE and arg.name not in given.build_args and not is_generated:
            values[arg.name] = ANY
    return values


def _pattern(variables: Variables, text: str) -> str:
    """Return what a word may come to, with `ANY` for each variable that may be anything."""
    for match in re.finditer(_ANY_TEXT, text):
        if ANY in variables.values.get(match["name"], ""):
            start = variables.expand(text[: match.start()])
            return start.text + ANY
    return variables.expand(text).text


def _with_others(edge: Edge, by_platform: str, by_argument: str, above: Candidates) -> Edge:
    """Return a base together with the other stages that it may mean."""
    elsewhere: list[int] = []
    if ANY in by_platform:
        elsewhere = above.matching(by_platform)
    given: list[int] = []
    if ANY in by_argument and by_argument != by_platform:
        given = above.matching(by_argument)
    if edge.stage in elsewhere:
        elsewhere.remove(edge.stage)
    known = {edge.stage, *elsewhere}
    others = tuple(stage for stage in given if stage not in known)
    if by_argument.strip(ANY):
        return edge._replace(elsewhere=tuple(elsewhere), given=others)
    return edge._replace(elsewhere=tuple(elsewhere), unlikely=others)


def _roots(bases: Sequence[Edge]) -> tuple[int, ...]:
    roots: list[int] = []
    for stage, base in enumerate(bases):
        if base.stage == NO_STAGE or base.elsewhere:
            roots.append(stage)
        else:
            roots.append(roots[base.stage])
    return tuple(roots)


def _global_args(dockerfile: Dockerfile, given: Given) -> tuple[dict[str, str], tuple[tuple[Arg, Expanded], ...]]:
    """Return the values of the arguments above the first ``FROM``, and the words that they were made of."""
    build_args = given.build_args
    args = {**_PREDEFINED, **given.platform}
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
