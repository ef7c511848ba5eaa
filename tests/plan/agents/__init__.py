"""Pipelines that run here: they do with a generated file what the real ones were seen to do, each job on a machine.

What a machine's ``docker`` does is for the test to say: write down how it is called, or build on an engine.
"""
