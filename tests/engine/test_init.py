import engine


def test_everything_that_is_offered_is_there():
    for name in engine.__all__:
        assert getattr(engine, name) is not None


def test_what_is_not_offered_is_told_as_python_does():
    assert not hasattr(engine, "Gramophone")
