"""A profile: file, overrides and environment to one immutable value with every default filled in.

Says what one environment wants; whether there are such stages and such images is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from dfrender import __version__
from dfrender.diagnostics import Diagnostic, Problems, Severity
from dfrender.profile.check import check_entries
from dfrender.profile.keys import PROFILE_KEYS, Builder, Handover, Style
from dfrender.profile.layers import Layers
from dfrender.profile.nodes import Node, children, items
from dfrender.profile.stages import StageSettings, Text, chosen, resolve, texts
from dfrender.profile.values import Placeholders, Value, report_ambiguous, report_bad_names, value_of
from dfrender.recorder import Recorder
from dfrender.source import At

__all__ = ["Builder", "Handover", "Profile", "StageSettings", "Style", "Text", "Value"]


class Profile(NamedTuple):
    """What one environment wants.

    ``file`` is as the user would write it, ``files`` are those that it was made of, itself the last; ``output`` is None
    for the default name, ``tag`` the default of ``tag_arg``, ``value_places`` says where each of the ``values`` is set,
    ``build`` is None for the stages that nothing refers to, ``handover_at`` is where that key is written, ``ignore``
    names rules, ``overrides`` are the ``--set`` texts as given, ``problems`` is what is wrong with all that, and
    ``recorder`` noted what was read for it.
    """

    name: str
    file: str
    files: tuple[Path, ...]
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
    publish: tuple[Text, ...]
    install: Text
    builder: Builder
    handover: Handover
    handover_at: At
    ignore: tuple[Text, ...]
    overrides: tuple[str, ...]
    recorder: Recorder
    problems: tuple[Diagnostic, ...] = ()

    def aimed_at(self, target: str) -> Self:
        """Return the profile with the target that a call names; as it is where the call names none."""
        if not target:
            return self
        return self._replace(target=Text(target, _called(target)))

    @property
    def is_whole(self) -> bool:
        """Say whether nothing refuses it; what an error left out is missing from the rest."""
        return all(each.severity is Severity.WARNING for each in self.problems)

    @property
    def called_target(self) -> str:
        """Return the target, in the case that stages are stored in, if the call names it; empty if it does not."""
        if self.target and self.target.at == _called(self.target.text):
            return self.target.text.lower()
        return ""


def _called(target: str) -> At:
    return At(f"--target {target}")


def derive(name: str, file: str, overrides: Sequence[str], layers: Layers) -> Profile:
    """Derive a profile from its tree, and say what is wrong with both."""
    problems = Problems(layers.problems)
    entries = check_entries(layers.tree, PROFILE_KEYS, problems)
    given, variables = texts(entries), children(entries.get("values"))
    values = {each: value_of(node) for each, (_, node) in variables.items()}
    report_bad_names(variables, problems)
    for _, node in variables.values():
        report_ambiguous(node, problems)
    placeholders = Placeholders(values, problems)
    prebuilt = resolve(children(entries.get("prebuilt")), given, placeholders, problems)
    default = At(file)
    handover = chosen("handover", default, given)
    build = None
    if "build" in entries:
        build = _listed(entries["build"])
    return Profile(
        name=name,
        file=file,
        files=layers.files,
        description=chosen("description", default, given).text,
        output=given.get("output"),
        values=MappingProxyType(values),
        value_places=MappingProxyType({each: at for each, (at, _) in variables.items()}),
        prebuilt=prebuilt,
        tag_arg=given.get("tag_arg"),
        tag=chosen("tag", default, given),
        registry=chosen("registry", default, given),
        repository=chosen("repository", default, given),
        target=given.get("target"),
        build=build,
        publish=_listed(entries.get("publish")),
        install=given.get("install", Text(f"dfrender=={__version__}", default)),
        builder=Builder(chosen("builder", default, given).text),
        handover=Handover(handover.text),
        handover_at=handover.at,
        ignore=_listed(entries.get("ignore")),
        overrides=tuple(overrides),
        problems=tuple(problems),
        recorder=layers.recorder,
    )


def _listed(node: Node | None) -> tuple[Text, ...]:
    return tuple(Text(item.text, item.at) for item in items(node))
