"""Posts, their approval, and above all their delivery."""
