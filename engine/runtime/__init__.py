"""Bodies of the Engine protocol: in this process, in a child process, and a fake."""
