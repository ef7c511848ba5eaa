"""Profiles: what one environment wants of a template, from YAML text to values whose every fault has a place."""
