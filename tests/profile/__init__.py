"""Tests of the room ``profile``."""
