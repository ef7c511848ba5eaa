"""Dockerfiles as BuildKit reads them: text to instructions, stages, references and their graph."""
