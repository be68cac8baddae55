"""Says whether the project is sound: format, lint, types, import contracts and tests, in one go.

It knows which tools the project trusts and nothing of what they check.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Step:
    """One tool and how to call it, looked up beside the running Python."""

    name: str
    command: tuple[str, ...]


STEPS = (
    Step("format", ("ruff", "format", "--check", "--quiet", ".")),
    Step("lint", ("ruff", "check", "--quiet", ".")),
    Step("imports", ("lint-imports", "--no-logo", "--no-cache")),
    Step("types", ("pyright",)),
    # As many processes as cores: most tests wait for windows, sound and children, not for a core.
    Step("tests", ("pytest", "--numprocesses", "logical", "--dist", "worksteal")),
)


@dataclass(frozen=True)
class Outcome:
    """How one step went."""

    name: str
    passed: bool
    seconds: float

    def __str__(self) -> str:
        return f"{'ok  ' if self.passed else 'FAIL'}  {self.name:<8}{self.seconds:6.1f} s"


def run(step: Step) -> Outcome:
    """The outcome of one step; its output goes to the terminal as it comes."""
    print(f"── {step.name}", flush=True)
    program = Path(sys.executable).parent / step.command[0]
    began = time.monotonic()
    process = subprocess.run([program, *step.command[1:]], cwd=ROOT, check=False)
    return Outcome(step.name, process.returncode == 0, time.monotonic() - began)


def main() -> int:
    """Run every step, whatever the ones before said, and sum up."""
    outcomes = [run(step) for step in STEPS]
    print("──", *outcomes, sep="\n")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    raise SystemExit(main())
