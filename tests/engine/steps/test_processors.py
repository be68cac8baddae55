"""The inner loops, which alone know of processors, compute the same where these can do less."""

import json
import os
import platform
import subprocess
import sys

import pytest

LINEAR = """
import json
import numpy as np, torch
from numba import njit
from engine.steps import lanes
from engine.steps.arithmetic import Room, linear
from engine.steps.compiled import OPTIONS
from engine.steps.crew import alone
from engine.steps.packing import _Packer
from engine.types import Precision

@njit(**OPTIONS)
def apply(weights, x, out, room, crew):
    linear(weights, 0, x, out, room, crew)

draws, worst = torch.Generator().manual_seed(1), {}
matrix, bias = torch.randn(72, 130, generator=draws) / 9, torch.randn(130, generator=draws)
for precision in Precision:
    packer = _Packer([(72, 130)], precision)
    laid = packer.add(matrix, bias)
    errors = []
    for rows in (1, 2, 3, 8):
        x, out = torch.randn(rows, 72, generator=draws), np.zeros((rows, 192), np.float32)
        given = np.ascontiguousarray(x.numpy())
        pairs, four = np.zeros((rows, 192), np.int16), np.zeros((rows, 192), np.int8)
        room = Room(pairs, four, np.zeros((rows, 192), np.int32), np.zeros(rows, np.float32))
        if precision is Precision.INT8:
            step = x.abs().amax(1, keepdim=True) / 127
            x = (x / step).round() * step
        if precision is Precision.BFLOAT:
            x = x.bfloat16().float()
        apply(packer.weights(), given, out, room, alone())
        wanted = x @ laid.matrix() + bias
        errors.append(float((torch.from_numpy(out)[:, :130] - wanted).abs().max()))
    worst[precision] = max(errors)
    assembly = "".join(apply.inspect_asm().values())
print(json.dumps({"worst": worst, "zmm": "zmm" in assembly, "pairs": lanes._DOTS_PAIRS,
                  "vdpbf16ps": "vdpbf16ps" in assembly}))
"""

ARM = """
import json, re
import numpy as np
from llvmlite import binding as llvm
from numba import njit
from engine.steps import lanes
from engine.steps.compiled import OPTIONS

@njit(**OPTIONS)
def run(weights, inputs, sums):
    lanes.four_rows(weights, inputs, sums, (0, 32, 256, 0, 0, 8, 0, 64, 8))

run(np.zeros(512, np.float32), np.zeros((4, 8), np.float32), np.zeros((4, 64), np.float32))
run(np.zeros(512, np.uint16), np.zeros((4, 8), np.float32), np.zeros((4, 64), np.float32))
llvm.initialize_all_targets()
llvm.initialize_all_asmprinters()
triple = "aarch64-unknown-linux-gnu"
machine = llvm.Target.from_triple(triple).create_target_machine(opt=3)
counts = []
for code in run.inspect_llvm().values():
    code = re.sub('target triple = ".*"', f'target triple = "{triple}"', code)
    code = re.sub('target datalayout = ".*"', f'target datalayout = "{machine.target_data}"', code)
    assembly = machine.emit_assembly(llvm.parse_assembly(code))
    counts.append([assembly.count("fmla"), assembly.count("fcvtl")])
print(json.dumps(counts))
"""


_FEATURES = {
    "x86-64": "+sse,+sse2",
    "haswell": "+sse,+sse2,+sse3,+ssse3,+sse4.1,+sse4.2,+avx,+avx2,+fma,+f16c,+bmi,+bmi2,+popcnt",
    "skylake-avx512": "+sse,+sse2,+sse3,+ssse3,+sse4.1,+sse4.2,+avx,+avx2,+fma,+f16c,+bmi,+bmi2,"
    "+popcnt,+avx512f,+avx512bw,+avx512vl,+avx512dq,+avx512cd",
}


ON_X86 = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="names x86 processors"
)


@ON_X86
@pytest.mark.parametrize("name", ["x86-64", "haswell", "skylake-avx512"])
def test_linear_maps_are_right_on_other_processors(name):
    """The oldest with 64 bits; with AVX2; and with AVX-512 but no products of bytes."""
    told = _run(LINEAR, _like(name))

    found = json.loads(told)
    assert not found["zmm"] or name == "skylake-avx512"
    assert not found["vdpbf16ps"]
    assert max(found["worst"].values()) < 1e-5


def test_linear_maps_are_right_on_this_processor():
    """With the products of pairs of bfloat16 that it may have."""
    found = json.loads(_run(LINEAR, {}))

    assert found["vdpbf16ps"] == found["pairs"]
    assert max(found["worst"].values()) < 1e-5


@ON_X86
def test_the_loops_become_vectors_on_arm():
    """Compiled for 64-bit ARM, which nothing here can run: a product and a sum in one instruction,
    and half floats widened by the machine."""
    single, half = json.loads(_run(ARM, _like("haswell")))

    assert single[0] >= 4 * 16
    assert half[0] >= 4 * 16 and half[1] >= 16


def _like(name):
    return {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": _FEATURES[name]}


def _run(program, variables):
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
