"""What is known of a template's plan before its jobs are made."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from dfrender.dockerfile.graph import Graph
from dfrender.plan.named import Named
from dfrender.plan.plan import Image, Location, Published
from dfrender.profile.profile import Profile, Text
from dfrender.references.jobs import Work
from dfrender.references.prebuilt import Prebuilt


class Known(NamedTuple):
    """What jobs are made from: what each comes to, the stages that are taken, and what is known of stages.

    ``own`` are the names of images in the profile, ``images`` those in this run, ``by_inputs`` the stages whose images
    are named by their inputs, and ``makers`` the names of the jobs that make them, here or in another template.
    ``named`` are images of other templates that jobs of these stages name, each with the name of its job. ``built_of``
    are the stages that a builder builds for each stage: those that it refers to, but for what is an image. ``working``
    are the stages that cost something to build, ``shareable`` those that a builder can be asked for, and that are the
    same whatever it is asked for.
    """

    graph: Graph
    profile: Profile
    location: Location
    made: Mapping[int, Work]
    taken: Collection[int]
    prebuilt: Mapping[int, Prebuilt]
    own: Mapping[int, Text]
    images: Mapping[int, str]
    by_inputs: Mapping[int, Named]
    makers: Mapping[int, str]
    named: Mapping[int, Sequence[Image]]
    published: Mapping[int, Published]
    built_of: Sequence[Sequence[int]]
    working: Collection[int]
    shareable: Collection[int]

    @property
    def target_platform(self) -> str:
        """Return the platform that the profile builds for; empty where it is that of the machine."""
        platform = self.profile.builds.platform
        return platform.text if platform else ""

    def tags(self, stage: int) -> tuple[str, ...]:
        """Return the name of the image that is built of a stage; none where it has no name, or a digest."""
        image = self.images.get(stage)
        if not image or "@" in image:
            return ()
        return (image,)

    def digest(self, stage: int) -> str:
        """Return the digest of a stage's inputs; empty where its image is not named by it."""
        if stage not in self.by_inputs:
            return ""
        return self.by_inputs[stage].digest

    def is_needed(self, stage: int) -> bool:
        """Say whether the image of a stage, or its cache, is taken by another job or published."""
        return stage in self.taken or stage in self.published
