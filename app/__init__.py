"""The desk a composer works at. No torch."""
