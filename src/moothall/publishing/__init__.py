"""Posts, their variants and approval, and the deliveries that carry them to the networks."""
