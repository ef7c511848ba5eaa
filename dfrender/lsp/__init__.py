"""An editor's questions about templates, includes and profiles to answers. It reads unsaved texts and never writes."""
