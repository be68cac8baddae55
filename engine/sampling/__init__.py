"""From a plan of windows to codes and sound."""
