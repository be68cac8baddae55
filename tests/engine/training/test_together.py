"""Two processes learn as one."""

import os
import socket
import subprocess
import sys

import torch

LEARN = """
import sys, torch
from accelerate import Accelerator
from engine.catalog.specs import VqVaeConfig
from engine.training.data import Crops, find_songs
from engine.training.vqvae import LevelTrainer, VqVaeTraining
from pathlib import Path

torch.set_num_threads(1)
config = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 8, 16, 8, 1, (1, 1, 1))
training = VqVaeTraining(batch=(2,) * 3, crop=(2048,) * 3, unrounded_steps=3)
crops = Crops(find_songs(Path(sys.argv[1]), 22050), 2048)
trainer = LevelTrainer(config, 0, training, lambda: crops, Accelerator(cpu=True))
for step in range(8):
    trainer.learn(step, 1e-3)
torch.save(trainer.model.state_dict(), f"{sys.argv[2]}-{trainer.accelerator.process_index}.pt")
"""


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def weights(dataset, out, processes):
    """The weights that each of several processes ends with."""
    shared = {
        "WORLD_SIZE": str(processes), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()),
        "ACCELERATE_USE_CPU": "true",
    }  # fmt: skip
    running = [
        subprocess.Popen(
            [sys.executable, "-c", LEARN, str(dataset), str(out)],
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(processes)
    ]
    assert [process.wait() for process in running] == [0] * processes
    return [torch.load(f"{out}-{rank}.pt", weights_only=True) for rank in range(processes)]


def test_processes_learn_from_different_data_and_keep_the_same_weights(tone_dataset, tmp_path):
    first, second = weights(tone_dataset, tmp_path / "two", 2)
    (alone,) = weights(tone_dataset, tmp_path / "one", 1)

    assert all(torch.equal(first[name], value) for name, value in second.items())
    assert any(not torch.equal(first[name], value) for name, value in alone.items())
