"""What is known of a template, and a place in a file of it, to what an editor shows there. Reads and writes nothing."""
