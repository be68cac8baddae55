"""Words to numbers: lyrics, artists, genres. No torch, no files of its own."""
