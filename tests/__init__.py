"""The tests; each folder is about the folder of that name in dfrender."""
