"""The helper asked for whatever its own OpenAPI document allows and forbids, over a real socket (`make fuzz`).

FUZZ_REQUESTS says how many of either kind for each address. Whatever is sent, the answer is one that the document
lists, never a bug, and the helper serves on.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from lutbridge.retouch import Retoucher
from lutbridge_server.openapi import document
from lutbridge_server.settings import Settings

from ..server.conftest import parse, running

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "40"))
CALLS = [
    (method, path, mode)
    for path, calls in document(Settings())["paths"].items()
    for method in calls
    for mode in GenerationMode
    if path != "/healthz" or mode is GenerationMode.POSITIVE  # it has nothing that could be wrong
]
# Well-formed bytes are seldom a photo, and a well-formed name is seldom one of a model.
NOT_HELD = [positive_data_acceptance]


@pytest.fixture(scope="module")
def server(tmp_path_factory, toy_model):
    limits = Settings(groups=10_000, jobs=10_000, keep_seconds=5)
    with running(limits, Retoucher.load(str(toy_model), "cpu"), tmp_path_factory.mktemp("fuzzed") / "spool") as server:
        server.helper.stop = lambda: None  # it is asked to stop very often
        yield server


@pytest.fixture(scope="module")
def schema(server):
    headers = {"Authorization": f"Bearer {server.token}", "Lutbridge-Protocol": "1"}
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/v1/openapi.json", headers=headers)


@pytest.mark.parametrize(("method", "path", "mode"), CALLS)
def test_the_helper_answers_as_its_document_says(server, schema, method, path, mode):
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=REQUESTS, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def ask(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {server.token}"}, excluded_checks=NOT_HELD)

    ask()
    assert parse(server.send(server.head("GET", "/healthz"))).status == 204


def test_after_all_that_a_photo_is_done(server, make_photo, tmp_path):
    assert server.post(make_photo(tmp_path / "a.png").read_bytes()).status == 200
