"""Images that are named by their inputs: their digests, and the variables that hold their names where a plan runs.

A plan that is kept is older than what it builds: what such an image is called then, ``dfrender inputs`` says.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dfrender.dockerfile.graph import Graph
from dfrender.profile.profile import Profile, Style, Text
from dfrender.profile.stages import argument_name

VARIABLE = "{variable}"
"""What stands for the variable in a format's word for an image that is named by its inputs."""


class Named(NamedTuple):
    """The digest in an image, and the variable that ``dfrender inputs`` sets to the image; empty where it sets none."""

    digest: str
    variable: str

    def written(self, pattern: str, image: str) -> str:
        """Return what the image is called in a format that has this pattern for it; without one, what it is called."""
        if not pattern or not self.variable:
            return image
        return pattern.replace(VARIABLE, self.variable)


def named_by_inputs(graph: Graph, profile: Profile, images: Mapping[int, Text]) -> Mapping[int, Named]:
    """Return the stages whose images hold the digest of what they are made of."""
    settings = {each.stage.text: each for each in profile.prebuilt}
    published = {each.text.lower() for each in profile.builds.publish}
    found: dict[int, Named] = {}
    for index, image in images.items():
        stage = graph.stages[index].name
        digest = profile.digests.get(stage)
        if digest is None or digest not in image.text:
            continue
        variable = ""
        if stage in settings and settings[stage].style is not Style.STAGE:
            variable = settings[stage].arg_name.text
        elif stage in published:
            variable = argument_name(stage)
        found[index] = Named(digest, variable)
    return found
