"""Existing Dockerfiles to templates and profiles: what names a stage becomes a reference to it, all else stays."""
