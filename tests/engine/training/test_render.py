import pytest

from engine.training.render import Studio
from engine.training.tools import ToolError


def test_a_missing_soundfont_is_named_with_advice(tmp_path):
    with pytest.raises(ToolError, match=r"nothing\.sf2.*fluid-soundfont-gm"):
        Studio(tmp_path / "nothing.sf2", tmp_path)
