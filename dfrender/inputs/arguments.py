"""A profile to the build arguments that its builds are given, and what a stage sees of them. Reads no file."""

from collections.abc import Iterator, Mapping

from dfrender.dockerfile.names import PLATFORM_ARGS
from dfrender.profile.profile import Profile

_NO_INPUT = frozenset({"BUILDKIT_INLINE_CACHE"})  # adds to what is said of an image, and to nothing in it
_OF_THE_BUILDER = "BUILDKIT_"
_OF_EVERY_STAGE = frozenset({"SOURCE_DATE_EPOCH"})


class Seen(Mapping[str, str]):
    """The values of arguments; those that are asked for are noted."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Begin with none noted."""
        self.values_of = values
        self.noted: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        value = self.values_of[name]
        self.noted[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_of)

    def __len__(self) -> int:
        return len(self.values_of)


def given_by(profile: Profile) -> Mapping[str, str]:
    """Return the build arguments of a profile by name."""
    return {each.name.text: each.value.text for each in profile.builds.build_args}


def known_to(profile: Profile) -> Mapping[str, str]:
    """Return the build arguments of a profile, and those that its platform sets."""
    found: dict[str, str] = {}
    if profile.builds.platform:
        system, _, rest = profile.builds.platform.text.partition("/")
        architecture, _, variant = rest.partition("/")
        parts = {"PLATFORM": profile.builds.platform.text, "OS": system, "ARCH": architecture, "VARIANT": variant}
        for name, part in PLATFORM_ARGS.items():
            if name.startswith("TARGET") and part in parts:
                found[name] = parts[part]
    return {**found, **given_by(profile)}


def of_the_builder(arguments: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the arguments that change what builders do, be they declared or not."""
    for name, value in sorted(arguments.items()):
        is_known = name.startswith(_OF_THE_BUILDER) or name in _OF_EVERY_STAGE
        if is_known and name not in _NO_INPUT:
            yield name, value
