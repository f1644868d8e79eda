"""The wall: its stream, which a hub serves ahead of Django, and its pages."""
