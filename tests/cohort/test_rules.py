"""Rules: Kleene's logic, intervals that decide or do not, and refusals that say what to write."""

from __future__ import annotations

import datetime as dt
import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einthoven.cohort.rules import grade, parse_rule
from einthoven.errors import CohortError, SpecificationError

# "EF 55", "EF < 40", "EF > 40", "EF 50-55", nothing, "EF at most 49", "EF 30"
EJECTION = pl.DataFrame(
    {
        "lvef": [55.0, None, None, 52.5, None, None, 30.0],
        "lvef.low": [55.0, None, 40.0, 50.0, None, None, 30.0],
        "lvef.high": [55.0, 40.0, None, 55.0, None, 49.0, 30.0],
        "lvef.flags": ["", "inequality;high excluded", "inequality;low excluded", "", None, "inequality", None],
    }
)


def said(text: str, table: pl.DataFrame) -> str:
    """One sign per row: T, F or ? for the value, with ~ behind it where uncertain."""
    result = parse_rule(text).evaluate(table)
    signs = {True: "T", False: "F", None: "?"}
    pairs = zip(result.value.to_list(), result.uncertain.to_list(), strict=True)
    return " ".join(signs[value] + "~" * unsure for value, unsure in pairs)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lvef <= 40", "F T F F ? ?~ T"),
        ("lvef < 40", "F T F F ? ?~ T"),
        ("lvef > 40", "T F T T ? ?~ F"),
        ("lvef >= 40", "T F T T ? ?~ F"),
        ("lvef < 49.5", "F T ?~ F ? T T"),
        ("lvef > 52", "T F ?~ T~ ? F F"),
        ("lvef >= 53", "T F ?~ F~ ? F F"),
        ("53 <= lvef", "T F ?~ F~ ? F F"),
        ("lvef == 55", "T F ?~ F~ ? F F"),
        ("lvef != 40", "T T T T ? ?~ T"),
        ("40 < lvef <= 49", "F F ?~ F ? ?~ F"),
        ("lvef in [30, 55]", "T ?~ ?~ F~ ? ?~ T"),
        ("lvef not in [40, 60]", "T T ?~ T ? ?~ T"),
        ("lvef is missing", "F F F F T F F"),
        ("lvef is known", "T T T T F T T"),
        ("lvef is not missing", "T T T T F T T"),
    ],
)
def test_an_interval_is_sure_where_all_of_it_lies_on_one_side(text, expected):
    """Excluded bounds decide at the bound itself; what is not decided counts by the midpoint, or is unknown."""
    assert said(text, EJECTION) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lvef > 52 and age > 60", "T~ F ?~"),
        ("lvef > 52 or age > 60", "T T~ T~"),
        ("not lvef > 52", "F~ F~ F~"),
        ("lvef > 52 and age is missing", "F F T~"),
        ("any(age > 60, lvef > 52, lvef < 10)", "T T~ T~"),
        ("all(lvef < 90, lvef > 10)", "T T T"),
    ],
)
def test_a_result_is_uncertain_where_an_uncertain_part_could_change_it(text, expected):
    """A part that is sure and decides alone makes the whole sure; beside an unknown part it may or may not matter."""
    table = pl.DataFrame(
        {"lvef": [52.5] * 3, "lvef.low": [50.0] * 3, "lvef.high": [55.0] * 3, "age": [70.0, 50.0, None]}
    )
    assert said(text, table) == expected


def test_flags_may_be_a_list():
    """A list column of flags marks bounds as a text does."""
    table = EJECTION.with_columns(pl.col("lvef.flags").str.split(";"))
    assert said("lvef <= 40", table) == said("lvef <= 40", EJECTION)


def test_bounds_that_contradict_each_other_decide_nothing():
    """A low bound above the high one counts by the value, uncertain."""
    table = pl.DataFrame({"q": [3.0, None], "q.low": [5.0, 5.0], "q.high": [1.0, 1.0]})
    assert said("q < 4", table) == "T~ ?~"


def test_two_columns_compare_as_intervals():
    """Left atrium against left ventricle, one of them as an interval."""
    table = pl.DataFrame({"a": [3.0, 6.0, None], "b": [5.0, 5.0, 5.0], "b.low": [4.0] * 3, "b.high": [7.0] * 3})
    assert said("a < b", table) == "T F~ ?"
    assert said("b > a", table) == "T F~ ?"


def test_a_label_that_its_statement_calls_uncertain_decides_nothing():
    """u.<label> makes tests of y.<label> uncertain, whatever value the label was given, and of its short name."""
    table = pl.DataFrame({"y.af": [1.0, 0.0, None, None], "u.af": [False, True, True, False]})
    assert said("y.af == 1", table) == "T F~ ?~ ?"
    assert said("af == 1", table.with_columns(af=pl.col("y.af"))) == "T F~ ?~ ?"


def test_texts_are_words_or_stand_in_quotation_marks():
    """A word that could be a column too has to say which; backticks compare columns."""
    table = pl.DataFrame({"site": ["Basel", "St. Gallen", None], "home": ["Bern", "St. Gallen", "Bern"]})
    assert said("site == Basel", table) == "T F ?"
    assert said("site != 'St. Gallen'", table) == "T F ?"
    assert said('site in [Basel, "St. Gallen"]', table) == "T T ?"
    assert said('"Basel" == site', table) == "T F ?"
    assert said("site == Basel", table.with_columns(pl.col("site").cast(pl.Categorical))) == "T F ?"
    assert said("site == `home`", table) == "F T ?"
    for text in ("site == home", "site in [Basel, home]"):
        with pytest.raises(CohortError, match="'home' could be a text or a column of that name"):
            said(text, table)


def test_an_unknown_sex_is_missing():
    """The cohort writes it as U."""
    table = pl.DataFrame({"sex": ["F", "M", "U"]})
    assert said("sex == F", table) == "T F ?"
    assert said("sex is missing", table) == "F F T"
    with pytest.raises(CohortError, match="write 'sex is missing'"):
        said("sex == U", table)


def test_a_day_is_the_whole_day_and_an_hour_is_a_moment():
    """An ECG of the last evening is still of that day."""
    table = pl.DataFrame({"ecg_time": [dt.datetime(2015, 12, 31, 23, 30), dt.datetime(2016, 1, 1), None]})  # noqa: DTZ001
    assert said("ecg_time <= 2015-12-31", table) == "T F ?"
    assert said('ecg_time > "2015-12-31"', table) == "F T ?"
    assert said("ecg_time == 2015-12-31", table) == "T F ?"
    assert said("ecg_time < 2015-12-31T23:00", table) == "F F ?"


def test_names_may_have_dots_or_stand_in_backticks():
    """So that each column of a cohort can be named."""
    table = pl.DataFrame({"covariate.bmi": [31.0], "measurement.QRS (ms)": [150], "y.1AVB": [0.0]})
    assert said("covariate.bmi > 30 and `measurement.QRS (ms)` ≥ 140 and y.1AVB == 0", table) == "T"
    assert parse_rule("covariate.bmi > 30 and `measurement.QRS (ms)` > 1").columns == {
        "covariate.bmi",
        "measurement.QRS (ms)",
    }


def test_single_precision_columns_equal_the_number_as_written():
    """70.1 is another number in 64 bits than in 32."""
    table = pl.DataFrame({"age_years": pl.Series([70.1, float("nan"), None], dtype=pl.Float32)})
    assert said("age_years <= 70.1", table) == "T ? ?"
    assert said("age_years == 70.1", table) == "T ? ?"


def test_a_column_without_any_value_is_unknown_in_every_test():
    """Its type is not known either."""
    table = pl.DataFrame({"a": [None, None], "b": [1.0, 2.0]})
    for text in ("a < 3", "a == x", "a", "b < a", "a in [1, 2]", "a in [x]"):
        assert said(text, table) == "? ?", text
    assert said("a is missing", table) == "T T"


def test_a_table_without_rows_has_results_without_rows():
    """As when everybody was excluded."""
    assert said("lvef <= 40 and not lvef is missing", EJECTION.clear()) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lvfe <= 40", "rule 'lvfe <= 40': there is no column 'lvfe'; did you mean 'lvef'"),
        ("site > Basel", "there is no column 'Basel'"),
        ("site > 'Basel'", "column 'site' holds text and has no order"),
        ("site == 3", "column 'site' holds text and can't be compared with 3.0, of numbers"),
        ("lvef == low", "column 'lvef' holds numbers and can't be compared with 'low', of text"),
        ("lvef < diabetes", "can't be compared with column 'diabetes', of yes or no"),
        ("diabetes == 2", "can't be compared with 2.0"),
        ("lvef", "holds numbers, not yes or no; compare it, for example lvef >= 1"),
        ("ecg_time > 'soon'", "holds times; 'soon' is none"),
        ("ecg_time > site", "can't be compared with column 'site'"),
        ("listed == 3", "a rule can test numbers, texts, times and yes or no"),
    ],
)
def test_a_rule_that_does_not_fit_the_table_is_refused(text, message):
    """Names the rule, the column and what it holds."""
    table = EJECTION.head(1).with_columns(
        site=pl.lit("Basel"),
        diabetes=pl.lit(True),
        ecg_time=pl.lit(dt.datetime(2015, 1, 1)),  # noqa: DTZ001
        listed=pl.lit([1]),
    )
    with pytest.raises(CohortError, match=message):
        parse_rule(text).evaluate(table)


def test_yes_and_no_may_be_written_as_numbers():
    """Registries write them so."""
    table = pl.DataFrame({"diabetes": [True, False, None]})
    for text in ("diabetes", "diabetes == true", "diabetes == 1", "diabetes != 0", "not diabetes == False"):
        assert said(text, table) == "T F ?", text


def test_a_grade_counts_the_cuts_reached():
    """A value at a cut reaches it; an interval that holds a cut inside is uncertain."""
    table = pl.DataFrame(
        {
            "lad": [49.9, 50.0, 70.0, 100.0, None, 60.0, None, None, None],
            "lad.low": [None, None, None, None, None, 50.0, 70.0, None, 50.0],
            "lad.high": [None, None, None, None, None, 70.0, None, 50.0, 69.0],
            "lad.flags": ["", "", "", "", "", "", "", "high excluded", ""],
        }
    )
    graded = grade(table, "lad", [50, 70, 99])
    assert graded.value.dtype == pl.Float32
    assert graded.value.to_list() == [0, 1, 2, 3, None, 1, None, 0, 1]
    assert graded.uncertain.to_list() == [False, False, False, False, False, True, True, False, False]


@pytest.mark.parametrize("cuts", [[], [70, 50], [50, 50], [50, float("inf")]])
def test_cuts_that_do_not_increase_are_refused(cuts):
    """A grade of them would mean nothing."""
    with pytest.raises(SpecificationError, match="have to be increasing numbers"):
        grade(pl.DataFrame({"lad": [1.0]}), "lad", cuts)


def test_a_text_has_no_grades():
    """Only numbers have."""
    with pytest.raises(CohortError, match="has to hold numbers"):
        grade(pl.DataFrame({"lad": ["severe"]}), "lad", [50])


# a second, row-wise evaluation in plain Python: all that each test could be, over all combinations
TESTS = [
    "a < 2",
    "a >= 2",
    "a == 2",
    "a != 1",
    "a in [1, 2]",
    "b <= 1",
    "b > 2",
    "b is missing",
    "c",
    "not c",
    "a <= b",
]
NUMBERS = st.one_of(st.none(), st.integers(0, 3).map(float))
POSSIBLE = [-10.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 10.0]
ROW = st.fixed_dictionaries(
    {
        "a": NUMBERS,
        "a.low": NUMBERS,
        "a.high": NUMBERS,
        "a.flags": st.sampled_from(["", "low excluded", "high excluded", "low excluded;high excluded"]),
        "b": NUMBERS,
        "c": st.sampled_from([True, False, None]),
    }
)
SCHEMA = {
    "a": pl.Float64,
    "a.low": pl.Float64,
    "a.high": pl.Float64,
    "a.flags": pl.String,
    "b": pl.Float64,
    "c": pl.Boolean,
}
TREES = st.recursive(
    st.sampled_from(TESTS),
    lambda part: st.one_of(
        st.tuples(st.just("not"), part),
        st.tuples(st.sampled_from(["and", "or"]), part, part),
        st.tuples(st.sampled_from(["any", "all"]), part, part, part),
    ),
    max_leaves=5,
)


def written(tree) -> str:
    """Write the tree as the text of a rule."""
    if isinstance(tree, str):
        return tree
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    if tree[0] in {"any", "all"}:
        return f"{tree[0]}({', '.join(map(written, tree[1:]))})"
    return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"


def values_of(row: dict) -> list[float | None]:
    """List all that the interval ``a`` could be, among a fine enough set of numbers."""
    low, high, flags = row["a.low"], row["a.high"], row["a.flags"]
    if low is None and high is None:
        return [row["a"]]
    return [
        value
        for value in POSSIBLE
        if (low is None or value > low or (value == low and "low" not in flags))
        and (high is None or value < high or (value == high and "high" not in flags))
    ]


def plain_test(text: str, a: float | None, row: dict) -> bool | None:
    """One test with one value of ``a``."""
    b, c = row["b"], row["c"]
    known = {"a": a is not None, "b": b is not None, "c": c is not None}
    if text == "b is missing":
        return b is None
    if not all(known[name] for name in ("a", "b", "c") if name in text.replace("not", "").replace("in", "").split()):
        return None
    return bool(eval(text, {}, {"a": a, "b": b, "c": c}))


def possibilities(tree, row: dict) -> set[bool | None]:
    """All results of a tree, its tests taken as independent of each other."""
    if isinstance(tree, str):
        return {plain_test(tree, a, row) for a in (values_of(row) if "a" in tree.split() else [None])}
    parts = [possibilities(part, row) for part in tree[1:]]
    return {joined(tree[0], combination) for combination in itertools.product(*parts)}


def joined(word: str, values) -> bool | None:
    if word == "not":
        return None if values[0] is None else not values[0]
    decisive = word in {"or", "any"}
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def by_value(tree, row: dict) -> bool | None:
    """Return the result where each undecided test counts by the value of ``a`` alone."""
    if isinstance(tree, str):
        results = possibilities(tree, row)
        return results.pop() if len(results) == 1 else plain_test(tree, row["a"], row)
    return joined(tree[0], [by_value(part, row) for part in tree[1:]])


def is_consistent(row: dict) -> bool:
    return bool(values_of(row))


@given(TREES, st.lists(ROW.filter(is_consistent), min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_rules_agree_with_a_plain_evaluation_of_each_row(tree, rows):
    """Value and uncertainty against Python's own comparisons over all that an interval could hold."""
    result = parse_rule(written(tree)).evaluate(pl.DataFrame(rows, schema=SCHEMA))
    assert result.value.to_list() == [by_value(tree, row) for row in rows]
    assert result.uncertain.to_list() == [len(possibilities(tree, row)) > 1 for row in rows]


@given(st.lists(ROW.filter(is_consistent), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_grades_agree_with_counting_in_each_row(rows):
    """The cuts that each possible number reaches."""
    graded = grade(pl.DataFrame(rows, schema=SCHEMA), "a", [1, 2])
    tests = ["a >= 1", "a >= 2"]
    reached = [[by_value(test, row) for test in tests] for row in rows]
    assert graded.value.to_list() == [None if None in each else float(sum(each)) for each in reached]
    possible = [{value if value is None else (value >= 1) + (value >= 2) for value in values_of(row)} for row in rows]
    assert graded.uncertain.to_list() == [len(each) > 1 for each in possible]
