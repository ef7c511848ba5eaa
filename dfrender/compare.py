"""Two profiles of a template, or two Dockerfiles, to what they differ in besides references to stages.

Of profiles, what the template makes is compared, before references are rewritten and stages taken out.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from dfrender import api
from dfrender.diagnostics import CallError, Problems, did_you_mean
from dfrender.dockerfile.graph import Graph, graph
from dfrender.dockerfile.parse import parse
from dfrender.header import without_header
from dfrender.profile import folders, places
from dfrender.profile.profile import Profile
from dfrender.profile.profiles import Profiles
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


def are_files(one: str, other: str, here: Path) -> bool:
    """Say whether two words name Dockerfiles; else they name profiles."""
    known = {each.name for each in places.profiles(here)}
    for each in (one, other):
        if Path(each).is_file() and not each.endswith(folders.SUFFIXES) and each not in known:
            return True
    return False


def compare_files(one: str, other: str) -> Comparison:
    """Compare two Dockerfiles; raise `CallError` if one is not there or is a template."""
    problems = Problems()
    files = problems.attempt(_dockerfile, (one, other))
    problems.refuse()
    first, second = files
    same = join(first.dockerfile.lines) == join(second.dockerfile.lines)
    return Comparison((one, other), differences(first, second), same)


def compare_profiles(
    template: Template, names: Sequence[str], allowed: Sequence[str], profiles: Profiles
) -> Comparison:
    """Compare what two profiles make of a template.

    ``allowed`` are the names of values, each behind ``values.``: what differs because of one may differ. Raises
    `CallError` for a profile or a value that is not there, `DfrenderError` for what cannot be rendered.
    """
    sides = _Sides.of(template, names, profiles)
    problems = Problems()
    problems.attempt(sides.refuse_unknown, allowed)
    problems.refuse()
    whole = sides.differences()
    left = sides.differences(allowed) if allowed else whole
    still = {(each.side, each.at) for each in left}
    values = {each: sides.differences([each]) != whole for each in allowed}
    return Comparison(
        names=(sides.one.profile.name, sides.other.profile.name),
        found=[each for each in whole if (each.side, each.at) in still],
        same=sides.one.text == sides.other.text,
        allowed=[each for each in whole if (each.side, each.at) not in still],
        values=values,
        pruned=sides.pruned(),
    )


class _Sides(NamedTuple):
    """A template rendered for two profiles."""

    template: Template
    profiles: Profiles
    one: api.Result
    other: api.Result

    @classmethod
    def of(cls, template: Template, names: Sequence[str], profiles: Profiles) -> "_Sides":
        """Render the template for the profiles of two names."""
        problems = Problems()
        found = problems.attempt(lambda each: places.look_for(each, template.folder, At(each)), names)
        problems.refuse()
        loaded = [profiles.load(each) for each in found]
        results = problems.attempt(lambda each: _render(template, each, profiles), loaded)
        problems.refuse()
        one, other = results
        return cls(template, profiles, one, other)

    def differences(self, values: Sequence[str] = ()) -> list[Difference]:
        """Return the lines that still differ if the first profile has these values of the second one."""
        first = self.one
        if values:
            profile = _with_values(self.one.profile, values, self.other.profile)
            first = _render(self.template, profile, self.profiles)
        return differences(first.decisions.source, self.other.decisions.source)

    def refuse_unknown(self, value: str) -> None:
        """Raise `CallError` for a value that neither profile has."""
        one, other = self.one.profile, self.other.profile
        known = [f"{_VALUES}{name}" for name in {**one.values, **other.values}]
        if value in known:
            return
        whole = f"{_VALUES}{value.removeprefix(_VALUES)}"
        if whole in known:
            hint = f"did you mean {whole!r}?"
        elif known:
            hint = did_you_mean(whole, known) or f"there are: {', '.join(known)}"
        else:
            hint = "neither of the profiles has values"
        message = f"neither {one.name} nor {other.name} has {value!r}"
        raise CallError.of(At(f"--allow {value}"), "unknown-value", message, hint)

    def pruned(self) -> list[str]:
        """Say which of the two has stages taken out."""
        found = []
        for each in (self.one, self.other):
            target = each.profile.target
            if target:
                stages = f"{len(each.decisions.kept)} of {len(each.decisions.source.stages)} stages"
                found.append(f"{each.profile.name} is pruned to {target.text.lower()}: {stages}")
        return found


def _render(template: Template, profile: Profile, profiles: Profiles) -> api.Result:
    return api.render(template, profile, profiles.elsewhere(template.folder, profile.name))


def _dockerfile(file: str) -> Graph:
    template = read_template(Path(file))
    if template.jinja:
        hint = "compare what is rendered from it, or name two of its profiles"
        raise CallError.of(At(file), "not-a-dockerfile", "this is a template, not a Dockerfile", hint)
    lines = without_header(lines_of(template.text, file))
    return graph(parse(lines, file))


def _with_values(profile: Profile, names: Sequence[str], other: Profile) -> Profile:
    """Return a profile with values of the other one; without those that that one lacks."""
    values = dict(profile.values)
    for name in names:
        key = name.removeprefix(_VALUES)
        values.pop(key, None)
        if key in other.values:
            values[key] = other.values[key]
    return profile._replace(values=values)
