"""One templated Dockerfile and a small profile per environment render concrete Dockerfiles.

    for each in dfrender.render_folder("."):
        each.write()

The public names are those of `dfrender.library`, loaded when they are first used. They print nothing, and what is
refused is raised as `DfrenderError`.
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dfrender.library import (
        DfrenderError,
        Diagnostic,
        Digest,
        Plans,
        Profile,
        Profiles,
        Rendering,
        Result,
        Severity,
        Template,
        inputs,
        lint,
        load,
        plan,
        read,
        render,
        render_all,
        render_folder,
    )

__version__ = "0.1.0"
__all__ = [
    "DfrenderError",
    "Diagnostic",
    "Digest",
    "Plans",
    "Profile",
    "Profiles",
    "Rendering",
    "Result",
    "Severity",
    "Template",
    "__version__",
    "inputs",
    "lint",
    "load",
    "plan",
    "read",
    "render",
    "render_all",
    "render_folder",
]


class _Package(ModuleType):
    """The package, whose functions ``lint``, ``plan`` and ``inputs`` the modules of these names do not hide."""

    def __setattr__(self, name: str, value: object) -> None:
        """Keep a module, which is set here when it is first imported, from standing in for a public name."""
        if name not in __all__ or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that ``import dfrender`` stays cheap (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dfrender import library  # 60 ms with what it needs

    return getattr(library, name)


def __dir__() -> list[str]:
    return sorted(__all__)
