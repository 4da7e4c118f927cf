import os

from lutbridge.lut.formats import FORMATS
from lutbridge_server.openapi import document
from lutbridge_server.security import TAKES_BODY


def test_health_is_for_everybody_on_this_machine_and_says_who_answers(ask, helper):
    answer = ask("GET", "/healthz", Authorization=None)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Lutbridge-Instance"] == helper.identity.instance


def test_info_lists_what_can_be_asked_for(ask, helper, settings):
    info = ask("GET", "/v1/info").json
    assert [kind["format"] for kind in info["lut_formats"]] == list(FORMATS)
    assert all(
        low <= kind["default_size"] <= high <= settings.grid_size
        for kind in info["lut_formats"]
        for low, high in [kind["sizes"]]
    )
    assert info["default_model"] == info["models"][0]["name"] == "portrait-v1"
    assert [model["has_mask"] for model in info["models"] if model["name"] == "portrait-v1"] == [True], "as is loaded"
    assert {"person", "background"} < set(info["views"])
    assert info["limits"]["body_bytes"] == settings.body_bytes


def test_info_says_how_much_memory_is_in_use(ask):
    resident = ask("GET", "/v1/info").json["memory"]["resident_bytes"]
    if os.path.exists("/proc/self/statm"):
        assert 10**7 < resident < 10**11
    else:
        assert resident is None


def test_the_contract_for_machines_has_every_route_and_option(ask, app):
    document = ask("GET", "/v1/openapi.json").json
    rules = {rule.rule for rule in app.url_map.iter_rules()} - {"/", "/open", "/resume", "/page/<path:name>"}
    assert {path.replace("{group}", "<group_id>").replace("{job}", "<job_id>") for path in document["paths"]} == rules
    parameters = document["paths"]["/v1/lut"]["post"]["parameters"]
    assert {"model", "view", "format", "size", "take", "Lutbridge-Protocol"} <= {each["name"] for each in parameters}
    (size,) = [each["schema"] for each in parameters if each["name"] == "size"]
    assert (size["minimum"], size["maximum"]) == (2, 65)


def test_the_guard_lets_bodies_through_where_the_document_has_one(settings):
    for path, calls in document(settings)["paths"].items():
        for method, call in calls.items():
            takes_body = method == "post" and TAKES_BODY.fullmatch(path) is not None
            assert takes_body == ("requestBody" in call), path


def test_the_helper_proves_that_it_knows_the_token(ask, helper):
    nonce = "0123456789abcdef" * 2
    proof = ask("GET", "/healthz", Authorization=None, Lutbridge_Nonce=nonce).headers["Lutbridge-Proof"]
    assert proof == helper.identity.proof(nonce) != helper.identity.proof(nonce[::-1])
    for useless in (None, "", "short", "X" * 32, "0" * 65):
        assert "Lutbridge-Proof" not in ask("GET", "/healthz", Authorization=None, Lutbridge_Nonce=useless).headers
