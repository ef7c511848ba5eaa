"""What a stage is made of, and the digest of that: instructions, references, arguments, files of the build context."""
