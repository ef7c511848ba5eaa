"""Rules: graphs and decisions to diagnostics. Each is one generator that has its manual in its docstring."""
