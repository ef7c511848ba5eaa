"""A template and a profile's values become the lines of a Dockerfile; Jinja is known to this folder alone."""
