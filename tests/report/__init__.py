"""The formats in which problems are told."""
