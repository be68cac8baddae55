import json

import pytest

from engine.catalog.hub import save_config
from engine.catalog.released import released_config
from engine.catalog.store import open_model
from engine.catalog.tokenizer import Tokenizer
from engine.errors import ModelError, UnknownNameError
from engine.types import Level, Prompt
from resources import path as resource

CONFIG = released_config("1b_lyrics")
ARTISTS = {"Zac Brown Band": 7169, "zac_brown_band.v2": 1069, "unknown.v2": 0, "béla": 3}
GENRES = {"country rock": 546, "country.v2": 11, "rock.v2": 8, "🎵": 5}
PROMPT = Prompt("zac brown band", ("Country Rock",), "Oh — señor 😀", 10**6)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "artists.json").write_text(json.dumps(ARTISTS))
    (tmp_path / "genres.json").write_text(json.dumps(GENRES, ensure_ascii=False), "utf-8")
    return tmp_path


def test_a_prompt_becomes_the_numbers_of_each_level(folder):
    tokens = Tokenizer.load(folder, CONFIG).encode(PROMPT)

    assert (tokens.names[Level.TOP].artist, tokens.names[Level.TOP].genres) == (7169, (546,))
    for level in (Level.MIDDLE, Level.BOTTOM):
        assert tokens.names[level].artist == 1069
        assert tokens.names[level].genres == (11, 8, -1, -1, -1)
    assert tokens.lyrics == (15, 34, 76, 69, 69, 76, 45, 31, 40, 41, 44, 76)


@pytest.mark.parametrize("with_config", [False, True])
def test_lists_that_were_saved_are_loaded_again(folder, tmp_path, with_config):
    tokenizer = Tokenizer.load(folder, CONFIG)

    files = tokenizer.save_vocabulary(tmp_path / "new")
    if with_config:
        save_config(CONFIG, tmp_path / "new")
    again = Tokenizer.load(tmp_path / "new", None if with_config else CONFIG)

    assert [file.name for file in files] == ["artists.json", "genres.json", "lyrics.json"]
    assert again.encode(PROMPT) == tokenizer.encode(PROMPT)
    assert [level.vocabulary for level in again.levels] == [
        level.vocabulary for level in tokenizer.levels
    ]


def test_the_bundled_lists_are_written_as_they_came(tmp_path):
    pocket = resource("models", "pocket")

    Tokenizer.load(pocket, open_model(pocket).config).save_vocabulary(tmp_path)

    for name in ("artists.json", "genres.json", "lyrics.json"):
        assert json.loads((tmp_path / name).read_text("utf-8")) == json.loads(
            (pocket / name).read_text("utf-8")
        )


def test_a_name_that_no_level_knows_is_refused(folder):
    with pytest.raises(UnknownNameError):
        Tokenizer.load(folder, CONFIG).encode(Prompt("Zack Brown", (), "", 1))


def test_a_model_without_names_or_lyrics_has_none(tmp_path):
    from engine.catalog.specs import ModelConfig
    from tests.engine.catalog.test_huggingface import VQVAE, prior

    tokenizer = Tokenizer.load(tmp_path, ModelConfig(VQVAE, tuple(prior(n) for n in Level)))

    assert tokenizer.save_vocabulary(tmp_path / "none") == ()
    assert tokenizer.encode(PROMPT).lyrics == ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("artists.json", None, "cannot be read"),
        ("artists.json", b"[", "cannot be read"),
        ("artists.json", b"{" * 10**6, "cannot be read"),
        ("artists.json", b"[1]", "no table"),
        ("genres.json", b'{"a": "1"}', "more than names and numbers"),
        ("genres.json", b'{"a": true}', "more than names and numbers"),
        ("genres.json", b'{"a": 604}', "number 604 of 604"),
        ("genres.json", b'{"a": -1}', "number -1 of 604"),
        ("genres.json", b'{"a": ' + b"9" * 4000 + b"}", r"number 9{20} of 604"),
        ("genres.json", b'{"a": ' + b"9" * 9000 + b"}", "cannot be read"),
        ("genres.json", b" " * (8 * 2**20 + 1), "larger than"),
        ("genres.json", b'{"\xff": 1}', "cannot be read"),
        ("lyrics.json", b'{"A": 2}', "other characters"),
    ],
)
def test_damaged_lists_are_refused_in_a_sentence(folder, name, content, words):
    (folder / name).unlink(missing_ok=True)
    if content is not None:
        (folder / name).write_bytes(content)

    with pytest.raises(ModelError, match=words) as caught:
        Tokenizer.load(folder, CONFIG)

    assert len(str(caught.value)) < 600
