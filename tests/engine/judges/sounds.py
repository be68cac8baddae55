"""Sounds of which it is known what should be heard."""

import numpy as np

from engine.types import Audio

RATE = 22050
C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72)


def tones(pitches, seconds_each=0.5):
    """Notes with a few partials, one after the other, each plucked."""
    time = np.arange(round(seconds_each * RATE)) / RATE
    decay = np.exp(-3 * time) * np.minimum(1, time / 0.005)
    notes = []
    for pitch in pitches:
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        waves = [np.sin(2 * np.pi * n * frequency * time) / n for n in range(1, 6)]
        notes.append(0.2 * decay * np.sum(waves, axis=0))
    return Audio(np.concatenate(notes), RATE)


def clicks(tempo, seconds):
    """A short burst of noise on every beat."""
    generator = np.random.default_rng(1)
    samples = np.zeros(round(seconds * RATE))
    burst = generator.normal(size=RATE // 50) * np.exp(-np.linspace(0, 5, RATE // 50))
    for start in (np.arange(0, seconds - 0.1, 60 / tempo) * RATE).astype(int):
        samples[start : start + len(burst)] += 0.3 * burst
    return Audio(samples, RATE)


def noise(seconds, loudness=0.1):
    generator = np.random.default_rng(2)
    return Audio(loudness * generator.normal(size=round(seconds * RATE)), RATE)
