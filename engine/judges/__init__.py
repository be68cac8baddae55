"""How good a model is, told by judges that did not train it (`jukebox judge`)."""
