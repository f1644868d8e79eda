"""What is held about each person, and what they may ask: to see it, to object, to correct, to complain."""
