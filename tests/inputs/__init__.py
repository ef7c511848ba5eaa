"""What stages are made of."""
