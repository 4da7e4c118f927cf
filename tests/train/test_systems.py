import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lutbridge.errors import UsageError
from lutbridge.model.config import HDRNetConfig, ModelConfig
from lutbridge.train import systems
from lutbridge.train.networks.build import build
from lutbridge.train.systems import LossConfig, SystemConfig

TABLES = {
    "1": ["hdrnet", "csrnet", "3dlut", "liang", "liang-glc", "lam", "lam-gam"],
    "2a": ["lam", "lam-k5", "lam-k7"],
    "2b": ["lam-gam-1e-2", "lam-gam-5e-3", "lam-gam", "lam-gam-1e-4"],
    "2c": ["lam-n3", "lam", "lam-n7"],
    "2d": ["lam-m17", "lam", "lam-m49"],
    "3": ["base", "lam-unsupervised", "lam-full", "lam", "lam-gam"],
    "4": ["lam", "unet"],
}


@pytest.mark.parametrize("name", systems.names())
def test_every_config_is_read_and_says_what_it_is(name):
    system = systems.load(name)
    assert system.name == name and system.summary.endswith(".")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_the_papers_tables_has_its_config(table):
    rows = [systems.load(name) for name in TABLES[table]]
    assert len({(system.model, system.losses) for system in rows}) == len(rows), "no two rows are the same"


def differences(one, other):
    """Fields of the model and the losses in which two systems differ."""
    one, other = systems.load(one), systems.load(other)
    found = {}
    for part in ("model", "losses"):
        first, second = vars(getattr(one, part)), vars(getattr(other, part))
        found |= {key: second[key] for key in first if first[key] != second[key]}
    return found


@pytest.mark.parametrize(
    "one, other, difference",
    [
        ("base", "lam-unsupervised", {"pixel_weights": "lam", "context_channels": 64, "voxel_channels": 128}),
        ("lam-unsupervised", "lam", {"supervision": "edge"}),
        ("lam-unsupervised", "lam-full", {"supervision": "full"}),
        ("lam", "lam-gam", {"gam": 1e-3}),
        ("lam", "lam-k5", {"context": 5}),
        ("lam", "lam-n7", {"n_luts": 7}),
        ("lam", "lam-m49", {"grid_size": 49}),
        ("lam-gam", "lam-gam-1e-2", {"gam": 1e-2}),
        ("base", "unet", {"pixel_weights": "unet"}),
        ("base", "wide", {"pixel_weights": "wide"}),
        ("base", "liang", {"person_weight": 5.0}),
        ("liang", "liang-glc", {"glc": 1.0}),
        ("lam", "lam-priority", {"person_weight": 5.0}),
        ("lam-released", "lam-released-unscrambled", {"pixel_weights": "released"}),
        ("lam-released", "lam-released-gam", {"gam": 5e-3}),
    ],
)
def test_an_ablation_changes_one_thing(one, other, difference):
    assert differences(one, other) == difference


def test_the_released_codes_are_what_its_listing_says():
    found = differences("lam-priority", "lam-released")
    del found["context_channels"], found["voxel_channels"]  # fixed there, and so not in its config
    assert found == {
        "thumbnail": "bilinear", "pixel_weights": "released-scrambled", "lut_start": "noise", "released": True
    }  # fmt: skip


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('summary = "Mine."\n[model]\nn_luts = 7\n[losses]\ngam = 1\n[training]\nepochs = 3\n')
    assert systems.load(path) == SystemConfig(
        "mine", "Mine.", ModelConfig(n_luts=7), LossConfig(gam=1.0), {"epochs": 3}
    )
    path.write_text('[model]\narchitecture = "hdrnet"')
    assert systems.load(str(path)).model == HDRNetConfig()


def test_a_file_of_ones_own_takes_from_its_base_what_it_does_not_say(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "lam-gam"\n[model]\nn_luts = 7\n[losses]\nedge = 2\n')
    mine, base = systems.load(path), systems.load("lam-gam")
    assert (mine.name, mine.summary) == ("mine", ""), "which say what it is, and are its own"
    assert mine.model == replace(base.model, n_luts=7) and mine.losses == replace(base.losses, edge=2.0)

    (tmp_path / "longer.toml").write_text('base = "mine.toml"\n[losses]\ngam = 1\n[training]\nepochs = 3\n')
    longer = systems.load(tmp_path / "longer.toml")
    assert (longer.model, longer.losses) == (mine.model, replace(mine.losses, gam=1.0)), "a base may have a base"
    path.write_text('base = "own-style"\n[training]\nsteps = 10\n')
    assert systems.load(path).training == systems.load("own-style").training | {"steps": 10}


def test_another_architecture_takes_nothing_of_its_bases_model(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "liang"\n[model]\narchitecture = "hdrnet"\n')
    assert systems.load(path).model == HDRNetConfig() and systems.load(path).losses.person_weight == 5


def test_a_base_that_is_none_is_told(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "lamm"')
    with pytest.raises(UsageError, match=r"mine\.toml: base: no config is called lamm .*did you mean lam\?"):
        systems.load(path)
    path.write_text('base = "other.toml"')
    with pytest.raises(UsageError, match=r"other\.toml: cannot be read"):
        systems.load(path)
    (tmp_path / "other.toml").write_text("[model]\nn_lut = 5")
    with pytest.raises(UsageError, match=r"other\.toml: \[model\] n_lut is unknown"):
        systems.load(path)


def test_bases_that_lead_back_are_told(tmp_path):
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "one.toml").write_text('base = "../configs/two.toml"')
    (folder / "two.toml").write_text('base = "one.toml"')
    with pytest.raises(UsageError, match=r"lead back .*one\.toml → .*two\.toml → .*one\.toml\); take one base out"):
        systems.load(folder / "one.toml")
    (folder / "lam.toml").write_text('base = "lam"')
    assert systems.load(folder / "lam.toml").model == systems.load("lam").model, "the one that comes with lutbridge"


def test_a_folder_or_file_called_like_a_system_does_not_hide_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lam = systems.load("lam")
    (tmp_path / "lam").write_text("a file without a suffix")
    assert systems.load("lam") == lam


FAULTS = {
    "base = 5": "base must be a text",
    "[model]\nn_lut = 5": r"\[model\] n_lut is unknown; did you mean n_luts\?",
    "[losses]\nzzz = 5": r"\[losses\] zzz is unknown; known are person_weight, ",
    "[modle]\nn_luts = 5": r"modle is unknown; did you mean model\?",
    "model = 5": "model must be a table",
    "summary = 5": "summary must be a text",
    '[model]\nn_luts = "5"': r"\[model\] n_luts = '5' should be a whole number",
    "[model]\nn_luts = 5.0": r"\[model\] n_luts = 5.0 should be a whole number",
    "[losses]\ngam = true": r"\[losses\] gam = True should be a number",
    "[losses]\nreleased = 1": r"\[losses\] released = 1 should be true or false",
    "[losses]\ngam = -1.0": r"\[losses\] gam = -1.0 is no share",
    "[losses]\ngam = nan": r"\[losses\] gam = nan is no share",
    '[losses]\nsupervision = "some"': r"\[losses\] supervision = 'some' is none of none, edge, full",
    "[model]\ncontext = 4": r"\[model\] context = 4 cannot be built",
    '[model]\narchitecture = "hdrnett"': r"\[model\] architecture = 'hdrnett' is unknown; did you mean hdrnet\?",
    '[model]\narchitecture = "hdrnet"\nn_luts = 5': r"\[model\] n_luts is unknown; known are thumbnail_size",
    '[model]\npixel_weights = "unet"\n[losses]\nsupervision = "edge"': "needs an attention, and this model has none",
    "[losses]\nperson_mask = 1": "person_mask = 1 needs a person mask, and this model has none",
    "[model": "is no TOML",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_told_in_a_sentence(tmp_path, text):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=FAULTS[text]) as error:
        systems.load(path)
    assert str(error.value).startswith(f"{path}: ") and "\n" not in str(error.value)


def test_no_such_config(tmp_path):
    with pytest.raises(UsageError, match=r"no config is called lamm .*did you mean lam\?"):
        systems.load("lamm")
    with pytest.raises(UsageError, match=r"none.toml: cannot be read \(No such file"):
        systems.load(tmp_path / "none.toml")


def test_reading_configs_loads_neither_torch_nor_numpy():
    code = (
        "import sys; from lutbridge.train import systems; systems.load('lam'); "
        "print({'torch', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_narrow_module_costs_what_its_summary_says():
    def per_pixel(name):
        local = build(systems.load(name).model).local_context
        return sum(p.numel() for key, p in local.named_parameters() if key.endswith("weight"))

    assert (per_pixel("lam-narrow"), per_pixel("lam")) == (1088, 6400)


def test_every_config_stands_in_the_docs():
    page = (Path(__file__).parents[2] / "docs" / "systems.md").read_text(encoding="utf-8")
    assert [name for name in systems.names() if f"`{name}`" not in page] == []


def test_a_name_may_end_as_its_file_does_and_a_file_of_that_name_goes_before(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert systems.load("lam-gam.toml") == systems.load("lam-gam")
    (tmp_path / "lam-gam.toml").write_text('summary = "mine"')
    assert systems.load("lam-gam.toml").summary == "mine"
    assert systems.load("lam-gam").summary != "mine"
