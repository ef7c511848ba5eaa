"""Templates and what they render to."""
