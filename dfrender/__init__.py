"""One templated Dockerfile and a small profile per environment render concrete Dockerfiles.

The public names are those of `dfrender.api`, loaded when they are used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfrender.api import Profile, Result, Template, load, read, render, render_all
    from dfrender.planning import plan_of

__version__ = "0.1.0"
__all__ = ["Profile", "Result", "Template", "__version__", "load", "plan_of", "read", "render", "render_all"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that ``import dfrender`` stays cheap (PEP 562)."""
    if name == "plan_of":
        from dfrender.planning import plan_of

        return plan_of
    if name in __all__:
        from dfrender import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
