"""Problems to the text that people, pipelines and tools read. Prints nothing."""
