"""From lines to figures, with Polars. Knows no Django: what it needs to know is passed in."""
