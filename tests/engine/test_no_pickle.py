"""A living model is neither pickled nor copied, and says at once what does it."""

import copy
import pickle

import pytest

import sim


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_model_is_not_pickled_and_names_save_and_fork(act):
    model = sim.Model(sim.compose(["population=tiny", "population.borrowers=60"]))
    # What belongs to a model leads to it.
    for part in (model, model.lender) if act is not copy.copy else (model,):
        with pytest.raises(TypeError, match=r"model\.save\(\).*sim\.Model\.fork"):
            act(part)
