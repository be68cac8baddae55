import pytest

from engine.api import CancelToken, Failed, Finished, PrepareTask, Problem, ProblemKind, Started
from engine.catalog.store import ModelStore
from engine.cli.parser import parser
from engine.cli.tools import BrokenTaskError, chosen_model, run, told, usual_tools
from engine.errors import ModelError, ModelMissingError
from engine.runtime.fake import FAKE_MODEL, FakeEngine
from engine.types import ModelId
from tests.engine.catalog.model_folder import write_model


def test_the_model_that_came_along_is_the_usual_one(tmp_path):
    write_model(tmp_path, "another")
    store = ModelStore([tmp_path])
    assert chosen_model(store, None).spec.id == "another"

    write_model(tmp_path, "pocket")

    assert chosen_model(store, None).spec.id == "pocket"
    assert chosen_model(store, "another").spec.id == "another"


def test_without_any_model_that_is_told(tmp_path):
    with pytest.raises(ModelMissingError, match="Installed: none"):
        chosen_model(ModelStore([tmp_path]), None)


def test_a_damaged_usual_model_is_told_and_not_replaced(tmp_path):
    write_model(tmp_path, "another")
    write_model(tmp_path, "pocket", title=None)

    with pytest.raises(ModelError, match="is damaged"):
        chosen_model(ModelStore([tmp_path]), None)


def test_every_event_is_seen_and_the_last_one_given():
    seen = []

    end = run(FakeEngine(), PrepareTask(FAKE_MODEL.id), CancelToken(), seen.append)

    assert isinstance(end, Finished)
    assert seen[-1] is end
    assert any(isinstance(event, Started) for event in seen)


@pytest.mark.parametrize(
    ("kind", "error"),
    [(ProblemKind.MODEL_BROKEN, ModelError), (ProblemKind.MODEL_MISSING, ModelError),
     (ProblemKind.OUT_OF_MEMORY, BrokenTaskError), (ProblemKind.INTERNAL, BrokenTaskError)],
)  # fmt: skip
def test_failures_become_errors_with_message_and_advice(kind, error):
    failed = Failed(Problem(kind, "It broke.", "Mend it."))

    assert type(told(failed)) is error
    assert str(told(failed)) == "It broke. Mend it."


def test_an_engine_that_ends_in_silence_is_told():
    class Silent:
        def run(self, task, cancel):
            return iter(())

        def close(self):
            pass

    with pytest.raises(BrokenTaskError, match="without saying how"):
        run(Silent(), PrepareTask(ModelId("x")), CancelToken(), print)


@pytest.mark.parametrize(("choice", "told"), [({}, "fp32"), ({"precision": "bf16"}, "bf16")])
def test_the_engine_runs_in_the_precision_that_is_asked_for(choice, told):
    engine = usual_tools(device="cpu", **choice).engine()

    first = next(engine.run(PrepareTask(ModelId("pocket")), CancelToken()))

    assert told in first.note
    engine.close()


@pytest.mark.parametrize("words", ["compose a", "encode a b", "decode a b", "align a b"])
def test_every_command_that_runs_the_model_takes_device_and_precision(words):
    usual = parser("").parse_args(words.split())
    chosen = parser("").parse_args([*words.split(), "--device", "cuda:1", "--precision", "fp16"])

    assert (usual.device, usual.precision) == ("auto", "auto")
    assert (chosen.device, chosen.precision) == ("cuda:1", "fp16")
