"""Gives tests a checkout of a project that took the shipped template and the recipes."""

import shutil
from pathlib import Path

import pytest

from tests.shell import ROOT

SOURCES = {"api/main.py": "app = None\n", "pyproject.toml": "[project]\n", "poetry.lock": "# none\n"}
TAKEN = ("Dockerfile.j2", ".dockerignore", "devspace.yaml")


def checkout_in(parent: Path) -> Path:
    """Make a folder with the template, its profiles, the sources of an API, and every recipe under its own name."""
    folder = parent / "checkout"
    shutil.copytree(ROOT / "examples", folder)
    shutil.copytree(ROOT / "profiles", folder / "profiles")
    for name in TAKEN:
        shutil.copy(ROOT / name, folder)
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout that a test may change."""
    return checkout_in(tmp_path)
