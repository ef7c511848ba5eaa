"""Images that are named by their inputs: their digests, and the variables that hold their names where a plan runs.

A plan that is kept is older than what it builds: what such an image is called then, ``dfrender inputs`` says.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dfrender.dockerfile.graph import Graph
from dfrender.profile.profile import Profile, Style, Text
from dfrender.profile.stages import argument_name
from dfrender.profile.variables import ImageVariable

VARIABLE = "{variable}"
"""What stands for the variable in a format's word for an image that is named by its inputs."""


class Named(NamedTuple):
    """The digest in an image, and the variable that ``dfrender inputs`` sets to the image; None where it sets none."""

    digest: str
    variable: Text | None

    def written(self, pattern: str, image: str) -> str:
        """Return what the image is called in a format that has this pattern for it; without one, what it is called."""
        if not pattern or self.variable is None:
            return image
        return pattern.replace(VARIABLE, self.variable.text)


def named_by_inputs(
    graph: Graph, profile: Profile, images: Mapping[int, Text], prefix: str = ""
) -> Mapping[int, Named]:
    """Return the stages whose images hold the digest of what they are made of; all variables begin with ``prefix``."""
    settings = {each.stage.text: each for each in profile.prebuilt}
    published = {each.text.lower(): each for each in profile.builds.publish}
    found: dict[int, Named] = {}
    for index, image in images.items():
        stage = graph.stages[index].name
        digest = profile.digests.get(stage)
        if digest is None or digest not in image.text:
            continue
        variable: Text | None = None
        if stage in settings and settings[stage].style is not Style.STAGE:
            variable = settings[stage].arg_name.after(prefix)
        elif stage in published:
            variable = Text(argument_name(stage), published[stage].at).after(prefix)
        found[index] = Named(digest, variable)
    return found


def image_variables(images: Mapping[int, Text], named: Mapping[int, Named]) -> list[ImageVariable]:
    """Return the images that are in variables, in the order of the file."""
    found: list[ImageVariable] = []
    for stage in sorted(named):
        variable = named[stage].variable
        if variable:
            image = images[stage]
            found.append(ImageVariable(variable, image.text, image.at))
    return found
