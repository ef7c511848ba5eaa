"""Plans: graphs and decisions to the builds that a profile asks for, and those to what carries them out."""

NAMES = ("text", "json", "sh", "bake", "azure", "azure-template", "github", "gitlab", "mermaid")
"""The names of all formats; one that no function of `dfrender.plan.formats` writes is the file ``formats/NAME.j2``."""
