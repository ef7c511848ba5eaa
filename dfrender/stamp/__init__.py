"""What a run of ``render`` depended on and said, kept so that the next one that finds all unchanged need not render.

It is looked at before anything else is loaded: its modules import what Python has loaded anyway, and all else inside
the functions that few calls reach.
"""
