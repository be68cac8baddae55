"""Sound files and joins. No torch, no Qt."""
