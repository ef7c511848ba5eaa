"""One templated Dockerfile and a small profile per environment render concrete Dockerfiles.

The public names are those of `dfrender.api` and `dfrender.planning`, loaded when they are used.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfrender.api import Profile, Profiles, Result, Template, load, read, render, render_all
    from dfrender.planning import plan_of

__version__ = "0.1.0"
__all__ = [
    "Profile",
    "Profiles",
    "Result",
    "Template",
    "__version__",
    "load",
    "plan_of",
    "read",
    "render",
    "render_all",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that ``import dfrender`` stays cheap (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dfrender import api, planning  # 60 ms with what they need

    return getattr(api, name, None) or getattr(planning, name)


def __dir__() -> list[str]:
    return sorted(__all__)
