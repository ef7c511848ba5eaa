"""The build arguments and the platform of a `Profile` to what they decide in a `Dockerfile`, and to what is wrong."""

import re
from collections.abc import Iterable, Mapping

from dfrender.diagnostics import Problems, did_you_mean
from dfrender.dockerfile import names
from dfrender.dockerfile.graph import Graph, graph
from dfrender.dockerfile.model import Dockerfile
from dfrender.profile.profile import BuildArg, Profile


def graph_for(dockerfile: Dockerfile, profile: Profile) -> Graph:
    """Find what every reference of a Dockerfile means in the builds of a profile."""
    return graph(dockerfile, known_values(profile), known_platform(profile))


def known_values(profile: Profile) -> Mapping[str, str]:
    """Return the build arguments whose values are known; what a pipeline fills in is not."""
    found = {}
    for name, value, _ in profile.builds.build_args:
        if "$" not in value.text:
            found[name.text] = value.text
    return found


def known_platform(profile: Profile) -> str:
    """Return the target platform; empty for whatever the builder's is, and for one that a pipeline fills in."""
    platform = profile.builds.platform
    if platform is None or "$" in platform.text:
        return ""
    return platform.text


def given_to(dockerfile: Dockerfile, profile: Profile) -> Mapping[str, str]:
    """Return the build arguments of a profile that the builds of a Dockerfile are given, by name, as written.

    Builders warn of one that the file does not declare; predefined ones need no declaration.
    """
    declared = {arg.name for arg in dockerfile.args}
    found = {}
    for name, value, _ in profile.builds.build_args:
        if name.text in declared or names.is_predefined_arg(name.text):
            found[name.text] = value.text
    return found


def reads(text: str, name: str) -> bool:
    """Say whether a text holds a variable."""
    return bool(re.search(rf"\$\{{?{name}\b", text))


class GivenArguments:
    """The build arguments that the profiles of one run give, and whether a Dockerfile of the run declares them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._declared: dict[BuildArg, set[str]] = {}
        self._uncertain: set[BuildArg] = set()

    def add(self, profile: Profile, dockerfile: Dockerfile) -> None:
        """Add what a profile gives to the builds of a Dockerfile."""
        self.add_names(profile.builds.build_args, {arg.name for arg in dockerfile.args})

    def add_names(self, given: Iterable[BuildArg], declared: Iterable[str]) -> None:
        """Add build arguments that are given to a Dockerfile that declares these names."""
        for each in given:
            self._declared.setdefault(each, set()).update(declared)

    def leave_out(self, profile: Profile) -> None:
        """Say nothing of what a profile gives: a template could not be rendered for it."""
        self._uncertain.update(profile.builds.build_args)

    def undeclared(self) -> Problems:
        """Report the arguments that no Dockerfile declares."""
        problems = Problems()
        for each, declared in self._declared.items():
            name, at = each.name
            is_known = name in declared or names.is_predefined_arg(name)
            if each.optional or is_known or each in self._uncertain:
                continue
            hint = did_you_mean(name, declared) or f"declare ARG {name}, or set optional: true beside its value"
            problems.error(at, "unknown-build-arg", f"no Dockerfile here declares the build argument {name!r}", hint)
        return problems
