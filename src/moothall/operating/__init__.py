"""What the operator's commands do: run, check, back up and restore."""
