"""The recipes of docs: they fit the tools' schemas, and what they make a shell do is done."""
