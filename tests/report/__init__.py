"""The formats in which problems are reported."""
