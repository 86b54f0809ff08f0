import pytest

from sim.results.names import UnknownName, attribute_refused, chosen, known, listed


def test_a_known_name_is_returned_and_another_refused_with_the_nearest():
    assert known("arm", "limits", ["lenient", "limits"]) == "limits"
    with pytest.raises(UnknownName) as refused:
        known("arm", "limit", ["lenient", "limits"])
    assert str(refused.value) == "arm: limit is not allowed: one of lenient, limits; did you mean limits?"
    with pytest.raises(UnknownName, match="arm: 3 is not allowed"):
        known("arm", 3, ["3"])
    with pytest.raises(UnknownName, match="there is none"):
        known("table", "rolls", [])


def test_one_several_or_all_are_chosen_in_the_order_of_asking():
    names = ["a", "b", "c"]
    assert chosen("arm", None, names) == names
    assert chosen("arm", "b", names) == ["b"]
    assert chosen("arm", ["c", "a", "c"], names) == ["c", "a"]
    with pytest.raises(UnknownName, match="arm: d is"):
        chosen("arm", ["a", "d"], names)


def test_many_names_are_counted():
    assert listed(["a", "b"]) == "one of a, b"
    assert listed(f"n{k}" for k in range(13)) == "one of 13, such as n0, n1, n2"


def test_an_attribute_is_refused_with_the_nearest():
    assert attribute_refused("sumary", ["summary"]).endswith("; did you mean summary?")
    assert "did you mean" not in attribute_refused("zzz", ["summary"])
