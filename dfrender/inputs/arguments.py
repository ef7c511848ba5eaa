"""A profile to the build arguments that its builds are given. Reads no file."""

from collections.abc import Iterator, Mapping

from dfrender.profile.profile import Profile

_NO_INPUT = frozenset({"BUILDKIT_INLINE_CACHE"})  # adds to what is said of an image, and to nothing in it
_OF_THE_BUILDER = "BUILDKIT_"
_OF_EVERY_STAGE = frozenset({"SOURCE_DATE_EPOCH"})


def given_by(profile: Profile) -> Mapping[str, str]:
    """Return the build arguments of a profile by name."""
    return {each.name.text: each.value.text for each in profile.builds.build_args}


def of_the_builder(arguments: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the arguments that change what builders do, be they declared or not."""
    for name, value in sorted(arguments.items()):
        is_known = name.startswith(_OF_THE_BUILDER) or name in _OF_EVERY_STAGE
        if is_known and name not in _NO_INPUT:
            yield name, value
