"""Records: append-only, and chained."""
