"""A profile: file, overrides and environment to one immutable value with every default filled in.

Says what one environment wants; whether there are such stages and such images is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from dfrender import __version__
from dfrender.diagnostics import Diagnostic, Problems, Severity
from dfrender.profile.building import BuildArg, Builds, builds_of, called_context
from dfrender.profile.check import check_entries
from dfrender.profile.folders import ProfileFile
from dfrender.profile.keys import PROFILE_KEYS, Builder, Handover, Style
from dfrender.profile.layers import Layers
from dfrender.profile.nodes import Entries, Node, children
from dfrender.profile.stages import INPUT_DIGEST, StageSettings, Text, listed, resolve, texts, with_defaults
from dfrender.profile.values import Placeholders, Value, report_ambiguous, report_bad_names, value_of
from dfrender.recorder import Recorder
from dfrender.source import At

__all__ = ["BuildArg", "Builder", "Builds", "Handover", "Profile", "StageSettings", "Style", "Text", "Value"]


class Profile(NamedTuple):
    """What one environment wants.

    ``file`` is as the user would write it, ``files`` are those that it was made of, itself the last; ``folder`` is that
    of the template; ``output`` is None for the default name, ``tag`` the default of ``tag_arg``, ``value_places`` says
    where each of the ``values`` is set, ``build`` is None for the stages that nothing refers to, ``install`` is what
    pip gets in a pipeline, ``builder_at`` and ``handover_at`` are where these keys are written, ``builds`` are the keys
    that builders need, ``ignore`` names rules, ``overrides`` are the ``--set`` texts as given, ``problems`` is what is
    wrong with all that, ``recorder`` noted what was read for it, and ``digests`` stand in tags, by stage, where known.
    """

    name: str
    file: str
    files: tuple[Path, ...]
    folder: Path
    description: str
    output: Text | None
    values: Mapping[str, Value]
    value_places: Mapping[str, At]
    prebuilt: tuple[StageSettings, ...]
    tag_arg: Text | None
    tag: Text
    registry: Text
    repository: Text
    target: Text | None
    build: tuple[Text, ...] | None
    install: Text
    builder: Builder
    builder_at: At
    handover: Handover
    handover_at: At
    builds: Builds
    ignore: tuple[Text, ...]
    overrides: tuple[str, ...]
    recorder: Recorder
    problems: tuple[Diagnostic, ...] = ()
    digests: Mapping[str, str] = MappingProxyType({})

    def aimed_at(self, target: str) -> Self:
        """Return the profile with the target that a call names; as it is where the call names none."""
        if not target:
            return self
        return self._replace(target=Text(target, _called(target)))

    def built_in(self, context: str) -> Self:
        """Return the profile with the build context that a call names; as it is where the call names none."""
        if not context:
            return self
        problems = Problems(self.problems)
        builds = called_context(self.builds, context, self.folder, problems)
        return self._replace(builds=builds, problems=tuple(problems))

    @property
    def names_context(self) -> bool:
        """Say whether the build context is written somewhere, and not only the default."""
        return self.builds.context_at != At(self.file)

    @property
    def is_whole(self) -> bool:
        """Say whether nothing refuses it; what an error left out is missing from the rest."""
        for each in self.problems:
            if each.severity is Severity.ERROR:
                return False
        return True

    @property
    def names_by_inputs(self) -> bool:
        """Say whether digests of inputs are to stand in tags."""
        return INPUT_DIGEST in self.tag.text or any(each.is_named_by_inputs for each in self.prebuilt)

    @property
    def called_target(self) -> str:
        """Return the target, in the case that stages are stored in, if the call names it; empty if it does not."""
        if self.target is None:
            return ""
        text, at = self.target
        if at != _called(text):
            return ""
        return text.lower()


def _called(target: str) -> At:
    return At(f"--target {target}")


def derive(found: ProfileFile, overrides: Sequence[str], layers: Layers) -> Profile:
    """Derive a profile from its tree, and say what is wrong with both."""
    file = str(found.path)
    problems = Problems(layers.problems)
    entries = check_entries(layers.tree, PROFILE_KEYS, problems)
    given = texts(entries)
    settings = with_defaults(given, At(file))
    variables = children(entries.get("values"))
    values = _values(variables, problems)
    placeholders = Placeholders(values, found.folder, problems)
    stages = children(entries.get("prebuilt"))
    prebuilt = resolve(stages, given, placeholders, problems)
    description = settings["description"]
    builder = settings["builder"]
    handover = settings["handover"]
    builds = builds_of(entries, found, prebuilt, layers.recorder, problems)
    return Profile(
        name=found.name,
        file=file,
        files=layers.files,
        folder=found.folder,
        description=description.text,
        output=given.get("output"),
        values=values,
        value_places=_places(variables),
        prebuilt=prebuilt,
        tag_arg=given.get("tag_arg"),
        tag=settings["tag"],
        registry=settings["registry"],
        repository=settings["repository"],
        target=given.get("target"),
        build=_build(entries),
        install=given.get("install", Text(f"dfrender=={__version__}", At(file))),
        builder=Builder(builder.text),
        builder_at=builder.at,
        handover=Handover(handover.text),
        handover_at=handover.at,
        builds=builds,
        ignore=listed(entries.get("ignore")),
        overrides=tuple(overrides),
        recorder=layers.recorder,
        problems=tuple(problems),
    )


def _values(variables: Entries, problems: Problems) -> Mapping[str, Value]:
    """Return the variables of the template; report names and words that do not mean what they seem to."""
    report_bad_names(variables, problems)
    values: dict[str, Value] = {}
    for name, (_, node) in variables.items():
        report_ambiguous(node, problems)
        values[name] = value_of(node)
    return MappingProxyType(values)


def _places(variables: Entries) -> Mapping[str, At]:
    places: dict[str, At] = {}
    for name, (at, _) in variables.items():
        places[name] = at
    return MappingProxyType(places)


def _build(entries: Mapping[str, Node]) -> tuple[Text, ...] | None:
    if "build" not in entries:
        return None
    return listed(entries["build"])
