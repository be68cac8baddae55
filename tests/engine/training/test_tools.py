import sys

import pytest

from engine.training.tools import ToolError, run_program


def test_a_missing_program_is_named_with_advice():
    with pytest.raises(ToolError, match=r"no-such-synth.*apt install no-such-synth"):
        run_program("no-such-synth")


def test_what_a_program_prints_comes_back():
    assert run_program(sys.executable, "-c", "print('la')").strip() == "la"


def test_a_failing_program_says_why():
    with pytest.raises(ToolError, match="code 3: no sound"):
        run_program(sys.executable, "-c", "import sys; sys.stderr.write('no sound'); sys.exit(3)")
