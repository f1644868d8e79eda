"""The practice network."""
