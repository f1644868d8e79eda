"""Which category a host belongs to: the categories, the lists that say it, and the matching."""
