"""Plans: graphs and decisions to the builds that a profile asks for, and those to what carries them out."""
