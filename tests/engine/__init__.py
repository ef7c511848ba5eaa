"""Tests that build what dfrender writes on a Docker engine."""
