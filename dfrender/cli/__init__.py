"""Arguments to calls, streams and exit codes. The only room that prints, exits, and reads arguments and environment."""
