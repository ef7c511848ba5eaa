"""The server, as editors see it."""
