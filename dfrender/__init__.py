"""One templated Dockerfile and a small profile per environment render concrete Dockerfiles."""

__version__ = "0.1.0"
