"""Drawing the codes of one window of a prior: one interface, several bodies."""
