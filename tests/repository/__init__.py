"""What this repository offers to those who join in, or build on it: workflows, an action, hooks, a package."""
