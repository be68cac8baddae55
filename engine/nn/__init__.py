"""The networks as pure modules: no files, no logging, no choice of device."""
