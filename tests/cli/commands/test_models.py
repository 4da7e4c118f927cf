import hashlib
import json
from pathlib import Path


def test_the_default_model_is_listed_first_with_its_summary(lutbridge):
    result = lutbridge("models")
    assert result.code == 0
    assert result.out.startswith("portrait-v2  ")


def test_json_gives_file_and_digest(lutbridge):
    model = json.loads(lutbridge("models", "--json").out.splitlines()[0])
    assert model["name"] == "portrait-v2" and model["summary"]
    assert hashlib.sha256(Path(model["path"]).read_bytes()).hexdigest() == model["sha256"]
