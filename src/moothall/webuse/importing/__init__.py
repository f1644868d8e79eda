"""Reading logs, each byte once: files, files that grow, and what a proxy sends."""
