"""Loading takes the memory that the weights take, and leaves nothing of the files behind."""

import json
import subprocess
import sys

import pytest
import torch

from engine.catalog.sizes import prior_size
from engine.catalog.store import open_model
from engine.nn.layers import Projection
from engine.runtime.devices import Placement
from engine.runtime.models import LoadedModel
from engine.types import Level, Precision
from tests.engine.runtime import middling

LOADING = """
import json, sys
from pathlib import Path
import torch
import engine.steps.fused  # Else loaded in the background, and counted as weights.
from engine.catalog.store import open_model
from engine.runtime.devices import Placement
from engine.runtime.models import LoadedModel
from engine.types import Level, Precision

def memory(kind):
    return int(Path("/proc/self/status").read_text().split(kind + ":")[1].split()[0]) * 1024

installed, kept, seen = open_model(Path(sys.argv[1])), [], {}
for precision in Precision("fp32"), Precision("fp16"), Precision("bf16"):
    model = LoadedModel(installed, Placement(torch.device("cpu"), precision, 1))
    model.prior(Level.BOTTOM)  # What the first of all brings along, such as code, is there now.
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    prior = model.prior(Level.TOP)
    weights = sum(weight.nbytes for weight in prior.state_dict().values())
    seen[precision] = (memory("VmHWM") - before) / weights
    kept.append(model)
mapped = Path("/proc/self/maps").read_text().count(sys.argv[1])
print(json.dumps({"peaks": seen, "mapped": mapped, "compiler": "torch._dynamo" in sys.modules}))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return middling.write(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def seen(folder):
    if sys.platform != "linux":
        pytest.skip("reads and resets Linux's count of memory")
    command = [sys.executable, "-c", LOADING, str(folder)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def test_loading_takes_little_more_memory_than_the_weights(seen):
    """All resident pages count here, also those of mapped files."""
    assert list(seen["peaks"]) == ["fp32", "fp16", "bf16"]
    assert max(seen["peaks"].values()) <= 1.1


def test_loading_leaves_no_file_mapped(seen):
    assert seen["mapped"] == 0


def test_loading_does_not_wait_for_a_compiler(seen):
    assert not seen["compiler"]


@pytest.mark.parametrize("precision", [Precision.SINGLE, Precision.HALF, Precision.BFLOAT])
def test_precision_is_about_the_matrices_of_the_stacks(folder, precision):
    dtype = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[precision]

    prior = loaded(folder, precision).prior(Level.TOP)

    matrices = [part.weight for part in prior.modules() if isinstance(part, Projection)]
    assert {matrix.dtype for matrix in matrices} == {dtype}
    kept = {id(matrix) for matrix in matrices}
    others = [weight for weight in prior.parameters() if id(weight) not in kept]
    assert {weight.dtype for weight in others} == {torch.float32}
    assert sum(matrix.numel() for matrix in matrices) == prior_size(prior.config).matrices


def loaded(folder, precision=Precision.SINGLE):
    return LoadedModel(open_model(folder), Placement(torch.device("cpu"), precision, 1))
