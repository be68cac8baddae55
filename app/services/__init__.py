"""Threads, files and the sound card, behind small classes. No widgets."""
