"""What the tests of the door share."""

import pytest

from sim.__main__ import main


@pytest.fixture
def door(tmp_path, monkeypatch, capsys):
    """Run the command line in an empty folder; give exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def knock(*arguments):
        try:
            code = main(list(arguments))
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return code, out, err

    return knock


@pytest.fixture
def refused(door, tmp_path, monkeypatch):
    """Check that arguments are refused: exit 2, one line, nothing printed, nothing written; give the line."""

    def begun(*_, **__):
        raise AssertionError("the job began")

    monkeypatch.setattr("sim.study.run.runner.run_study", begun)

    def knock(*arguments):
        before = sorted(tmp_path.rglob("*"))
        code, out, err = door(*arguments)
        assert code == 2, (code, out, err)
        assert out == ""
        assert err.endswith("\n") and err.count("\n") == 1, err
        assert err.startswith("creditcycle: ") and "Traceback" not in err
        assert err.isprintable() or err[:-1].isprintable()
        assert sorted(tmp_path.rglob("*")) == before, "something was written"
        return err[len("creditcycle: ") : -1]

    return knock
