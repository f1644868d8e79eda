"""Policies in versions, who has acknowledged them, and the starter: "may I post this?"."""
