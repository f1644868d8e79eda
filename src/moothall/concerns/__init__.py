"""Concerns, the fair process that follows, and opening an identity: seen by those on the case alone."""
