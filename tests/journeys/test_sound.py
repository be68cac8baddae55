"""Played through a real sound server while chunks arrive, music is heard whole and unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.catalog.store import default_store
from tests.journeys import listener
from tests.journeys.sound import recorded, sound_server, without_silence

LOUDEST = 2**15


@pytest.mark.sound
def test_what_is_heard_is_what_was_streamed(tmp_path: Path) -> None:
    streamed = tmp_path / "streamed.wav"
    rate = default_store().models()[0].spec.sample_rate

    with sound_server(tmp_path, rate) as server, server.recording() as recording:
        composer = subprocess.run(
            [sys.executable, "-m", listener.__name__, streamed],
            env=os.environ | server.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    assert composer.returncode == 0, composer.stderr
    assert composer.stdout.split()[-1] == "early"
    music, _ = soundfile.read(streamed, dtype="float32")
    sent = without_silence(np.rint(music * LOUDEST).clip(-LOUDEST, LOUDEST - 1).astype(np.int16))
    heard = without_silence(recorded(recording))
    assert len(heard) == len(sent)
    assert np.abs(heard.astype(int) - sent).max() <= 1
