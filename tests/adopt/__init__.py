"""Existing Dockerfiles to templates and profiles."""
