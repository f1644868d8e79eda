"""Settings: what they refuse, and what follows from them."""
