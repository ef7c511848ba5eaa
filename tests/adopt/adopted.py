"""Adopting Dockerfiles without any files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dfrender.adopt.adopt import adopt
from tests.reading import template_of

if TYPE_CHECKING:
    from dfrender.adopt.adopt import Adoption

TOP = "FROM alpine:3.22 AS base\nFROM alpine:3.22 AS tools\nFROM base AS app\n"


def adopted(*texts: str, plain: bool = False) -> Adoption:
    """Adopt Dockerfiles with these texts."""
    names = ("Dockerfile", "Dockerfile.dev")
    templates = [template_of(text, name) for name, text in zip(names, texts, strict=False)]
    return adopt(templates, plain=plain)


def adopted_template(text: str) -> str:
    """Return the template that a Dockerfile becomes."""
    return adopted(text).files[-1].text


def adopted_profile(adoption: Adoption, name: str) -> str:
    """Return the text of a profile, without the lines that it has in any case."""
    text = next(each.text for each in adoption.files if each.path == Path(f"profiles/{name}.yaml"))
    return "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith(("# yaml", "description", "style"))
    )
