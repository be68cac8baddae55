"""Widgets: they show state and send intents, and decide nothing."""
