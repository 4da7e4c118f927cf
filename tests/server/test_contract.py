"""Every sample in tests/contract is what the helper really answers: the status, the headers, the JSON's shape."""

import json
import re
from pathlib import Path

import pytest

from lutbridge.lut.formats import lightroom_xmp
from lutbridge_server.errors import STATUS

SAMPLES = sorted((Path(__file__).parents[1] / "contract").glob("*.json"))
CONTRACT = Path(__file__).parents[2] / "docs" / "http-contract.md"
JOB, GROUP = "j-5e1f0c92ab34d781", "g-0d4c7be1932fa658"
BODIES = {None: b"", "text": b"no photo at all"}


class Stage:
    """Brings the helper to where a sample begins."""

    def __init__(self, ask, photo, retoucher, helper):
        self.ask, self.photo, self.retoucher, self.helper = ask, photo, retoucher, helper

    def job(self, body=None, wait=True):
        answer = self.ask("POST", "/v1/lut", body or self.photo, {"job": "true"})
        if wait:
            assert self.helper.jobs.get(answer.json["job"]).wait(10)
        return answer.json["job"]

    def held_up(self):
        self.retoucher.gate.clear()
        job = self.job(wait=False)
        assert self.retoucher.entered.wait(10)
        return job

    def full_queue(self):
        self.held_up()
        for _ in range(self.helper.settings.waiting):
            self.job(wait=False)

    def prepare(self, name):
        """The ids that stand for those of the sample."""
        if name in ("job-running", "error-job-unfinished"):
            return {JOB: self.held_up()}
        if name == "job-accepted":
            self.held_up()
        if name in ("job-done", "job-result", "job-cancelled"):
            return {JOB: self.job()}
        if name == "job-failed":
            return {JOB: self.job(BODIES["text"])}
        if name == "error-busy":
            self.full_queue()
        if name in ("take-added", "error-unsolved", "group-closed"):
            return {GROUP: self.group(takes=name == "error-unsolved", solved=False)}
        if name == "group-solved":
            return {GROUP: self.group(takes=2, solved=False)}
        if name in ("group-take-lut", "group-shared-lut"):
            return {GROUP: self.group(takes=2, solved=True)}
        return {}

    def group(self, takes, solved):
        group = self.ask("POST", "/v1/groups").json["group"]
        for _ in range(takes):
            assert self.ask("POST", f"/v1/groups/{group}/takes", self.photo).status_code == 201
        if solved:
            assert self.ask("POST", f"/v1/groups/{group}/solve").status_code == 200
        return group


def shape(value):
    """The keys and types of JSON, so that two can be compared; numbers are all alike."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def sent(request, names, helper):
    text = json.dumps(request)
    for example, real in names.items():
        text = text.replace(example, real)
    request = json.loads(text)
    if "Authorization" in request["headers"]:
        request["headers"]["Authorization"] = f"Bearer {helper.identity.token}"
    return request


@pytest.fixture
def retoucher(request, retoucher, toy_retoucher):
    """Groups are matched by a real network."""
    sample = request.getfixturevalue("sample") if "sample" in request.fixturenames else None
    return toy_retoucher if sample and is_of_a_group(sample) else retoucher


def is_of_a_group(sample):
    return re.search("group|take|unsolved", sample.stem) is not None


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_helper_answers_as_the_sample_says(sample, app, helper, ask, photo, retoucher):
    expected = json.loads(sample.read_text(encoding="utf-8"))
    names = Stage(ask, photo, retoucher, helper).prepare(sample.stem)
    request, response = sent(expected["request"], names, helper), expected["response"]
    answer = app.test_client(use_cookies=False).open(
        request["path"],
        method=request["method"],
        query_string=request["query"],
        headers=request["headers"],
        data=BODIES.get(request["body"], photo),
        environ_overrides={"CONTENT_LENGTH": length} if (length := request["headers"].get("Content-Length")) else {},
        buffered=True,
    )
    assert answer.status_code == response["status"]
    assert set(response["headers"]) <= set(answer.headers.keys())
    if "json" in response:
        check_json(answer.json, response["json"])
    if "bytes" in response:
        begins = {"cube": b'TITLE "', "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG", "xmp": b"<x:xmpmeta"}
        assert answer.data.startswith(begins[response["bytes"]])
        assert answer.headers["Content-Type"] == response["headers"]["Content-Type"]
        facts = json.loads(answer.headers["Lutbridge-Result"])
        assert shape(facts) == shape(json.loads(response["headers"]["Lutbridge-Result"]))


def test_the_sample_profile_is_what_the_helper_writes():
    sample = (SAMPLES[0].parent / "profile.xmp").read_bytes()
    lut = lightroom_xmp.decode(sample).lut
    spelling = re.compile(rb'crs:Table_\w+="[^"]*"')  # depends on zlib's version
    assert spelling.sub(b"", lightroom_xmp.to_bytes(lut)) == spelling.sub(b"", sample)


def check_json(found, expected):
    if "code" in expected:
        assert found == expected, "clients show these sentences"
    elif "lut_formats" in expected:
        assert expected["lut_formats"][0] in found["lut_formats"]
        assert shape(found) == shape(expected)
    else:
        assert shape(found) == shape(expected)
        assert found.get("state") == expected.get("state")


def test_the_document_lists_every_code_with_its_status():
    rows = re.findall(r"^\| (\d{3}) \| ((?:`\w+` ?)+) \|", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE)
    assert {code: int(status) for status, codes in rows for code in re.findall(r"\w+", codes)} == STATUS


def test_the_document_shows_every_address(app):
    text = CONTRACT.read_text(encoding="utf-8")
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<group_id>", "GROUP").replace("<job_id>", "JOB").replace("<path:name>", "")
        assert path in text, rule
