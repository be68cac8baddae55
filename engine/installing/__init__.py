"""Brings models in, checks them and takes them away. Importing it loads no torch."""
