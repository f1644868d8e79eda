"""What members of staff offer, on the web, by e-mail and on accounts of their own; and the desk that takes it."""
