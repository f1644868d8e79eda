"""What a live event came to: its figures, as a page, as a PDF and as open data."""
