"""How the bundled model is made, and how others are trained. Never imported by the runtime."""
