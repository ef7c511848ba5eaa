"""Two profiles of a template, or two Dockerfiles, to what they differ in besides references to stages.

Of profiles, what the template makes is compared, before references are rewritten and stages taken out.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from dfrender import api
from dfrender.diagnostics import CallError, Diagnostic, did_you_mean, gather
from dfrender.dockerfile.graph import Graph, graph
from dfrender.dockerfile.parse import parse
from dfrender.output import without_header
from dfrender.profile import folders, places
from dfrender.profile.profile import Profile
from dfrender.references.difference import Difference, differences
from dfrender.source import At, join, lines_of
from dfrender.template.template import Template, read_template

_VALUES = "values."


class Comparison(NamedTuple):
    """What differs between two: ``names`` are theirs, in the order of the sides of a `Difference`.

    ``allowed`` differs because of values that may differ: ``values`` says of each whether it makes a difference.
    ``pruned`` says which of the two has stages taken out, ``same`` that not even references differ.
    """

    names: tuple[str, str]
    found: Sequence[Difference]
    same: bool
    allowed: Sequence[Difference] = ()
    values: Mapping[str, bool] = MappingProxyType({})
    pruned: Sequence[str] = ()


def are_files(one: str, other: str) -> bool:
    """Say whether two words name Dockerfiles; else they name profiles."""
    named = (each for each in (one, other) if Path(each).is_file() and not each.endswith(folders.SUFFIXES))
    return any(each not in places.profiles(Path()) for each in named)


def compare_files(one: str, other: str) -> Comparison:
    """Compare two Dockerfiles; raises `CallError` if one is not there or is a template."""
    first, second = (_dockerfile(each) for each in gather(_read, (one, other)))
    same = join(first.dockerfile.lines) == join(second.dockerfile.lines)
    return Comparison((one, other), differences(first, second), same)


def compare_profiles(template: Template, names: Sequence[str], allowed: Sequence[str], load: api.Load) -> Comparison:
    """Compare what two profiles make of a template.

    ``allowed`` are the names of values, each behind ``values.``: what differs because of one may differ. Raises
    `CallError` for a profile or a value that is not there, `DfrenderError` for what cannot be rendered.
    """

    def render(profile: Profile) -> api.Result:
        return api.render(template, profile, partial(api.elsewhere, template, load, profile.name))

    def left(values: Sequence[str]) -> list[Difference]:
        return differences(render(_with_values(one, values, other)).source, second.source)

    found = gather(lambda each: places.look_for(each, template.folder, At(each)), names)
    one, other = (load(*each) for each in found)
    first, second = gather(render, (one, other))
    gather(lambda each: _refuse_unknown(each, one, other), allowed)
    whole = differences(first.source, second.source)
    still = {(each.side, each.at) for each in (left(allowed) if allowed else whole)}
    return Comparison(
        names=(one.name, other.name),
        found=[each for each in whole if (each.side, each.at) in still],
        same=first.text == second.text,
        allowed=[each for each in whole if (each.side, each.at) not in still],
        values={each: left([each]) != whole for each in allowed},
        pruned=[_pruned(each, each.profile.target.text) for each in (first, second) if each.profile.target],
    )


def _read(file: str) -> Template:
    template = read_template(Path(file))
    if template.jinja:
        hint = "compare what is rendered from it, or name two of its profiles"
        raise CallError([Diagnostic(At(file), "not-a-dockerfile", "this is a template and no Dockerfile", hint=hint)])
    return template


def _dockerfile(file: Template) -> Graph:
    return graph(parse(without_header(lines_of(file.text, file.file)), file.file))


def _refuse_unknown(value: str, one: Profile, other: Profile) -> None:
    known = [f"{_VALUES}{name}" for name in {**one.values, **other.values}]
    if value not in known:
        whole = f"{_VALUES}{value.removeprefix(_VALUES)}"
        near = f"did you mean {whole!r}?" if whole in known else did_you_mean(whole, known)
        hint = near or (f"there are: {', '.join(known)}" if known else "neither of the profiles has values")
        message = f"neither {one.name} nor {other.name} has {value!r}"
        raise CallError([Diagnostic(At(f"--allow {value}"), "unknown-value", message, hint=hint)])


def _pruned(result: api.Result, target: str) -> str:
    stages = f"{len(result.kept)} of {len(result.source.stages)} stages"
    return f"{result.profile.name} is pruned to {target.lower()}: {stages}"


def _with_values(profile: Profile, names: Sequence[str], other: Profile) -> Profile:
    """Give a profile with values of the other one; without those that that one lacks."""
    chosen = {each.removeprefix(_VALUES) for each in names}
    values = {name: value for name, value in profile.values.items() if name not in chosen}
    return profile._replace(values=values | {name: value for name, value in other.values.items() if name in chosen})
