"""The document: immutable songs and pure edits. No Qt, no torch, no files."""
