from __future__ import annotations

import re

from app import language
from app.ui.amounts import progress
from engine.catalog.web import UnreachableError
from engine.installing.progress import Phase, Progress
from engine.phrases import Phrase


def test_in_arabic_what_a_download_waits_for_is_told_in_arabic() -> None:
    busy = UnreachableError("“{host}” is busy (status {status}).", host="a.example", status=503)
    note = Phrase("{why} Next try in {seconds:.0f} s.", why=busy.phrase, seconds=4.0)
    moment = Progress(Phase.DOWNLOADING, 0, 9, note=note)
    assert "“a.example” is busy (status 503). Next try in 4 s." in progress(moment)
    language.speak("ar")

    words = progress(moment)

    assert re.search("[\u0600-\u06ff]", words) and "503" in words and "4" in words
    assert not re.search("[A-Za-z]", words.replace("a.example", ""))
