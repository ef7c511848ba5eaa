"""A profile: file, overrides and environment to one immutable value with every default filled in.

Says what one environment wants; whether there are such stages and such images is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from dfrender.diagnostics import Diagnostic, Problems, refuse
from dfrender.profile.check import check_entries
from dfrender.profile.keys import PROFILE_KEYS, Builder, Handover, Style
from dfrender.profile.layers import Layer, Layers, Read, lay, layer_of, read_layer
from dfrender.profile.nodes import Node, children, items, merge
from dfrender.profile.override import override
from dfrender.profile.stages import StageSettings, Text, chosen, plain_form, resolve, texts
from dfrender.profile.values import Value, report_ambiguous, report_bad_names, substitute_mapping, value_of
from dfrender.source import At, encode

__all__ = ["Builder", "Handover", "Profile", "StageSettings", "Style", "Text", "Value", "load"]


class Profile(NamedTuple):
    """What one environment wants.

    ``file`` is as the user would write it, ``files`` are those that it was made of, itself the last; ``output`` is None
    for the default name, ``tag`` the default of ``tag_arg``, ``value_places`` says where each of the ``values`` is set,
    ``build`` is None for the stages that nothing refers to, ``handover_at`` is where that key is written, ``ignore``
    names rules, ``overrides`` are the ``--set`` texts as given, and ``problems`` is what is wrong with all that.
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
    builder: Builder
    handover: Handover
    handover_at: At
    ignore: tuple[Text, ...]
    overrides: tuple[str, ...]
    problems: tuple[Diagnostic, ...] = ()

    def aimed_at(self, target: str) -> Self:
        """Give the profile with the target that a call names; as it is where the call names none."""
        return self._replace(target=Text(target, _called(target))) if target else self

    @property
    def called_target(self) -> str:
        """Give the target, in the case that stages are stored in, if the call names it; empty if it does not."""
        is_called = self.target and self.target.at == _called(self.target.text)
        return self.target.text.lower() if self.target and is_called else ""


def _called(target: str) -> At:
    return At(f"--target {target}")


def load(path: Path, file: str, name: str, overrides: Sequence[str], environ: Mapping[str, str]) -> Profile:
    """Read a profile and those that it extends, and lay the overrides over it, before anything is derived.

    ``file`` is its name towards the user. Raises `DfrenderError` with all problems of files and overrides, `CallError`
    if a file cannot be read.
    """

    def read(each: Path) -> Layer:
        return read_layer(each, file if each == path else str(each), environ)

    profile = derive(name, file, overrides, read_tree(path, overrides, environ, read))
    refuse(profile.problems)
    return profile


def of_text(text: str, file: str, name: str) -> Profile:
    """Give the profile that a file with this text, which extends none, would be in an empty environment."""
    layers = read_tree(Path(file), (), {}, lambda _: layer_of(encode(text), file, {}))
    return derive(name, file, (), layers)


def read_tree(path: Path, overrides: Sequence[str], environ: Mapping[str, str], read: Read) -> Layers:
    """Give all that is written for a profile as one tree: overrides over files, in their order, variables replaced."""
    layers = lay(path, read)
    tree, problems = layers.tree, Problems(layers.problems)
    for text in overrides:
        tree = merge(tree, plain_form(override(text, problems), environ, problems))
    return Layers(substitute_mapping(tree, environ, problems), layers.files, tuple(problems))


def derive(name: str, file: str, overrides: Sequence[str], layers: Layers) -> Profile:
    """Derive a profile from its tree, and say what is wrong with both."""
    problems = Problems(layers.problems)
    entries = check_entries(layers.tree, PROFILE_KEYS, problems)
    given, variables = texts(entries), children(entries.get("values"))
    values = {each: value_of(node) for each, (_, node) in variables.items()}
    report_bad_names(variables, problems)
    for _, node in variables.values():
        report_ambiguous(node, problems)
    prebuilt = resolve(children(entries.get("prebuilt")), given, values, problems)
    handover = chosen("handover", At(file), given)
    return Profile(
        name=name,
        file=file,
        files=layers.files,
        description=chosen("description", At(file), given).text,
        output=given.get("output"),
        values=MappingProxyType(values),
        value_places=MappingProxyType({each: at for each, (at, _) in variables.items()}),
        prebuilt=prebuilt,
        tag_arg=given.get("tag_arg"),
        tag=chosen("tag", At(file), given),
        registry=chosen("registry", At(file), given),
        repository=chosen("repository", At(file), given),
        target=given.get("target"),
        build=_listed(entries.get("build")) if "build" in entries else None,
        builder=Builder(chosen("builder", At(file), given).text),
        handover=Handover(handover.text),
        handover_at=handover.at,
        ignore=_listed(entries.get("ignore")),
        overrides=tuple(overrides),
        problems=tuple(problems),
    )


def _listed(node: Node | None) -> tuple[Text, ...]:
    return tuple(Text(item.text, item.at) for item in items(node))
