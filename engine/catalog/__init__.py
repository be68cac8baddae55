"""Which models exist, where their files are, and how their weights are read."""
