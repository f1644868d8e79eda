"""Moothall: the platform on which a public body runs an open social media policy."""

__version__ = "0.1.0"
