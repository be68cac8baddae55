from engine.training.artists import house_artists, house_genres


def test_each_genre_has_two_artists():
    genres = [artist.genre for artist in house_artists()]

    assert all(genres.count(genre) == 2 for genre in house_genres())


def test_names_are_unique_and_plain():
    names = [artist.name for artist in house_artists()]

    assert len(names) == len(set(names))
    assert all(name.isascii() for name in names)


def test_bands_are_sparse():
    for artist in house_artists():
        assert 1 <= len(artist.band) <= 3


def test_singers_have_room_for_a_tune():
    for artist in house_artists():
        assert artist.singer.highest - artist.singer.lowest >= 12


def test_chords_fill_every_line():
    for artist in house_artists():
        for chords in artist.style.verses + artist.style.choruses:
            assert all(0 <= degree < 7 for line in chords for degree in line)
            assert chords[-1][-1] == 0
