"""References to prebuilt stages: what is decided, how it is written, and the proof that nothing else changed."""
