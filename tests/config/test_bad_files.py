"""Files of a user's that are wrong, through the door: one line that names the place, exit 2, nothing written."""

import pytest

MONTHS = {"PAY_": (0, 2, 3, 4, 5, 6), "BILL_AMT": range(1, 7), "PAY_AMT": range(1, 7)}
ROW = {"ID": "1", "LIMIT_BAL": "20000", "SEX": "2", "EDUCATION": "2", "AGE": "24"}
ROW |= {f"{role}{number}": "0" for role, numbers in MONTHS.items() for number in numbers}
HEADER = list(ROW)
TAPE = ["population=tape", "population.file=tape.csv", "population.mapping=taiwan_2005", "economy=calm"]


def tape(header=HEADER, **changed):
    rows = [{**ROW, "ID": "1"}, {**ROW, "ID": "2", **changed}]
    return "\n".join([",".join(header), *(",".join(row[name] for name in header) for row in rows)]) + "\n"


BAD_TAPES = {
    "an empty file": ("", ["tape.csv", "empty"]),
    "no account": (",".join(HEADER) + "\n", ["tape.csv"]),
    "a missing column": (tape([name for name in HEADER if name != "PAY_3"]), ["tape.csv", "PAY_3"]),
    "a negative limit": (tape(LIMIT_BAL="-5"), ["row 3", "LIMIT_BAL", "-5"]),
    "text in a number": (tape(BILL_AMT1="many"), ["row 3", "BILL_AMT1", "many"]),
    "a status out of range": (tape(PAY_0="10"), ["row 3", "PAY_0", "10"]),
    "a status with a fraction": (tape(PAY_2="1.5"), ["row 3", "PAY_2", "1.5"]),
    "not a number": (tape(LIMIT_BAL="nan"), ["row 3", "LIMIT_BAL"]),
    "infinite": (tape(PAY_AMT1="1e999"), ["row 3", "PAY_AMT1"]),
    "a row cut short": (tape()[:-30] + "\n", ["row 3"]),
    "an age of nobody": (tape(AGE="7"), ["row 3", "AGE", "7"]),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", ["tape.csv"]),
}


@pytest.mark.parametrize("case", BAD_TAPES)
def test_a_malformed_tape_is_refused(refused, tmp_path, case):
    content, says = BAD_TAPES[case]
    (tmp_path / "tape.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    line = refused(*TAPE)
    assert all(word in line for word in says), line


def test_a_tape_that_is_right_is_accepted(door, tmp_path):
    (tmp_path / "tape.csv").write_text(tape())
    code, out, err = door(*TAPE, "--cfg", "job", "-p", "study.burn_in")
    assert (code, err, out.split()[0]) == (0, "", "0")


BAD_MAPPINGS = {
    "unknown key": ("limitt: LIMIT_BAL\n", "limit"),
    "code that runs": ("limit: {_target_: os.system}\n", "the keys of one group"),
    "reference": ("limit: ${oc.env:HOME}\n", "references and resolvers"),
    "wrong type": ("limit: LIMIT_BAL\nmonths: 3\n", "a list"),
    "out of range": ("limit: LIMIT_BAL\nyuan: -1\n", "yuan: -1 is not allowed"),
    "leading zero": ("limit: LIMIT_BAL\nterm: 012\n", "without leading zeros"),
    "yes": ("limit: LIMIT_BAL\nterm: yes\n", "term: yes is not allowed"),
    "twice": ("limit: A\nlimit: B\n", "given twice"),
    "empty": ("", "is empty"),
    "no YAML": ("limit: [\n", "cannot be read as YAML"),
}


@pytest.mark.parametrize("case", BAD_MAPPINGS)
def test_a_malformed_mapping_is_refused(refused, tmp_path, case):
    content, says = BAD_MAPPINGS[case]
    (tmp_path / "tape.csv").write_text(tape())
    (tmp_path / "mine.yaml").write_text(content)
    assert says in refused(*TAPE[:2], "population.mapping=mine.yaml")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["population=tape"], "population.file"),
        (["population=tape", "population.file=none.csv", "population.mapping=taiwan_2005"], "none.csv"),
        (["population=tape", "population.file=x.csv", "population.mapping=taiwan_2006"], "did you mean taiwan_2005?"),
        (["population=tape", "population.file=x.csv", "population.mapping=none.yaml"], "none.yaml"),
        ([*TAPE, "population.start=2005-14"], "population.start"),
        ([*TAPE, "study.burn_in=12"], "0 with population=tape"),
        ([*TAPE, "study.burn_in=0", "population.borrowers=0"], "population.borrowers"),
        (["population.file=tape.csv"], "population=tape"),
        (["economy=path", "economy.file=."], "."),
    ],
)
def test_what_does_not_go_together(refused, tmp_path, arguments, says):
    (tmp_path / "tape.csv").write_text(tape())
    assert says in refused(*arguments)


def months(*rows, header="month,unemployment_percent"):
    return "\n".join([header, *rows]) + "\n"


BAD_PATHS = {
    "an empty file": ("", "empty"),
    "no month": (months(), "months.csv"),
    "a hole": (months("2020-01,5", "2020-03,5"), "2020-03"),
    "months backwards": (months("2020-02,5", "2020-01,5"), "2020-01"),
    "a month twice": (months("2020-01,5", "2020-01,5"), "2020-01"),
    "text in a number": (months("2020-01,5", "2020-02,five"), "five"),
    "out of range": (months("2020-01,5", "2020-02,500"), "500"),
    "negative": (months("2020-01,5", "2020-02,-1"), "-1"),
    "not a number": (months("2020-01,5", "2020-02,nan"), "nan"),
    "an empty cell": (months("2020-01,5", "2020-02,"), "unemployment_percent"),
    "no unit": (months("2020-01,5", "2020-02,5", header="month,unemployment"), "unit"),
    "an unknown column": (months("2020-01,5", "2020-02,5", header="month,jobless_percent"), "jobless_percent"),
    "no month column": (months("5", "5", header="unemployment_percent"), "month"),
    "a month that is none": (months("2020-13,5"), "2020-13"),
}


@pytest.mark.parametrize("case", BAD_PATHS)
def test_a_malformed_path_is_refused(refused, tmp_path, case):
    content, says = BAD_PATHS[case]
    (tmp_path / "months.csv").write_text(content)
    assert says in refused("economy=path", "economy.file=months.csv")
