"""Artists and genres of a session: liked, drawn by chance, blended, half known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.services import preferences
from app.services.machines import DeskModel, desk_model
from app.session import Session
from engine.catalog.store import default_store
from engine.runtime.fake import FAKE_MODEL, FakeEngine
from engine.text.vocabulary import ExactVocabulary
from engine.types import Level, ModelId, Share
from tests.app.kit import MODEL
from tests.app.listening import Open, Wait

ADA, BIX = MODEL.artists


def test_names_asked_for_and_stars_are_kept_for_the_next_start(
    session: Session, open_session: Open, qtbot: QtBot
) -> None:
    session.blend_artists((Share(BIX, 1),))
    session.blend_artists((Share(ADA, 1), Share("nobody", 1)))
    session.star_artist(BIX)
    session.set_genres(("Blues",))
    folder = session._machines.folder

    def kept() -> bool:
        found = preferences.load(folder)
        return (found.artists, found.genres) == (
            session.preferences.artists,
            session.preferences.genres,
        )

    qtbot.waitUntil(kept)
    assert session.preferences.artists.favourites == (BIX,)
    assert session.preferences.artists.recent == (ADA, BIX)
    assert session.preferences.genres.recent == ("Blues",)


def test_names_of_ones_own_are_kept_and_found(session: Session, qtbot: QtBot) -> None:
    session.call_names((("countess", ADA),), (("sad", "Blues"),))
    folder = session._machines.folder

    assert session.artist_names.meant("Countess") == ADA
    assert session.genre_names.meant("sad") == "Blues"
    assert session.artist_names is session.artist_names, "fields ask whether it is another"
    qtbot.waitUntil(
        lambda: preferences.load(folder).artists.aliases == session.preferences.artists.aliases
    )


def test_the_same_chance_gives_the_same_surprise_and_undo_takes_it_back(session: Session) -> None:
    session.set_artist(ADA)
    before = session.song

    session.draw_names(3)
    drawn = session.song.prompt
    session.undo()

    assert session.song == before
    session.redo()
    assert session.song.prompt == drawn
    assert drawn.artist == BIX and drawn.genres[0] in MODEL.genres
    session.undo()
    session.draw_names(3)
    assert session.song.prompt == drawn


def test_a_surprise_replaces_a_blend_by_one_artist_in_one_step(session: Session) -> None:
    session.blend_artists((Share(ADA, 3), Share(BIX, 1)))

    session.draw_artist(5)

    assert session.song.prompt.artists == (Share(BIX, 1),)
    session.undo()
    assert session.song.prompt.artists == (Share(ADA, 0.75), Share(BIX, 0.25))


def test_weights_go_into_the_recipe_of_each_take(session: Session, done: Wait) -> None:
    session.blend_artists((Share(ADA, 3), Share(BIX, 1)))
    session.generate()
    done(session)
    session.blend_artists((Share(ADA, 1), Share(BIX, 1)))
    session.generate()
    done(session)

    first, second = (take.prompt.artists for take in session.song.takes)
    assert first == (Share(ADA, 0.75), Share(BIX, 0.25))
    assert second == (Share(ADA, 0.5), Share(BIX, 0.5))


def test_other_models_that_know_a_name_are_found(open_session: Open) -> None:
    other = replace(FAKE_MODEL, id=ModelId("other"), title="Other")
    session = open_session(models=(MODEL, DeskModel(other, ("The Zed",), ("polka",))))

    assert session.models_with_artist("zed") == ("Other",)
    assert session.models_with_genre("polka") == ("Other",)
    assert session.models_with_artist(ADA) == ()


@pytest.fixture
def partly() -> DeskModel:
    """The bundled model with a lower level that knows one artist less, and one more."""
    installed = default_store().get("pocket")
    top = installed.vocabularies[Level.TOP]
    assert top is not None
    artists = {name: n for name, n in top.artists.items() if name != "ida moonwell"}
    below = ExactVocabulary({**artists, "old hand": 99}, top.genres)
    vocabularies = tuple(
        below if level is Level.BOTTOM else installed.vocabularies[level] for level in Level
    )
    return desk_model(replace(installed, vocabularies=vocabularies))


def test_names_of_every_level_are_listed_with_those_that_lack_them(partly: DeskModel) -> None:
    gaps = partly.artist_names.gaps

    assert gaps == {"ida moonwell": (Level.BOTTOM,), "old hand": (Level.TOP, Level.MIDDLE)}
    assert partly.artists == tuple(sorted(partly.artists)) and "old hand" in partly.artists


def test_what_a_level_does_not_know_is_told_beside_a_name_that_none_knows(
    partly: DeskModel, open_session: Open
) -> None:
    session = open_session(models=(partly,), engine=FakeEngine(partly.spec))

    session.blend_artists((Share("ida moonwell", 1), Share("nobody at all", 1)))

    assert [(each.name, each.level) for each in session.half_known] == [
        ("ida moonwell", Level.BOTTOM)
    ]


def test_chance_draws_only_what_every_level_knows(partly: DeskModel) -> None:
    drawn = {partly.artist_names.drawn(seed) for seed in range(200)}

    assert drawn == set(partly.artists) - {"ida moonwell", "old hand"}


def test_weights_moved_quickly_are_one_step_and_another_artist_is_a_step_of_its_own(
    session: Session,
) -> None:
    session.blend_artists((Share(ADA, 1),))
    for weight in (1, 2, 3):
        session.blend_artists((Share(ADA, weight), Share(BIX, 1)))

    session.undo()

    assert session.song.prompt.artists == (Share(ADA, 1),)
