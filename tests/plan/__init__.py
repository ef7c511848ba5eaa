"""Plans: which jobs there are, and how they are written down."""
