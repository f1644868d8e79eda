"""What the rooms are wired together with: settings, addresses, the web server's entry."""
