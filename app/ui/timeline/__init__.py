"""The waveform timeline."""
