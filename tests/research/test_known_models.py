import pytest

from lutbridge.research.known_models import MARKS, MISSING, recognise

from . import public_files


@pytest.mark.parametrize("model", MARKS)
def test_a_model_is_recognised_by_its_tensors(model):
    assert recognise([*MARKS[model], "backbone.model.1.weight"]) == model
    assert recognise(MARKS[model][:1]) == ""


def test_models_that_can_be_imported_are_not_taken_for_others():
    assert set(MISSING) < set(MARKS)
    for name in public_files.CURVES:
        assert recognise(public_files.curves_checkpoint(name, 8)) == name
    assert recognise(public_files.clut_checkpoint()) == "CLUT-Net"
    for layout in public_files.LAYOUTS:
        luts, classifier = public_files.checkpoint(layout, M=3)
        assert recognise(public_files.flat(luts)) == recognise(classifier) == ""
