"""Where the shapes of charts of figures stand."""

from moothall.webuse.charts import HIGHEST, TOP, WIDEST, Gap, bars, heat, upright


def test_bars_begin_at_nothing_and_the_longest_leaves_room_for_its_number() -> None:
    chart = bars([("News", 200), ("Games", 50)])
    assert chart is not None
    assert [shape.width for shape in chart.shapes] == [f"{WIDEST:.2f}%", f"{WIDEST / 4:.2f}%"]
    assert {shape.x for shape in chart.shapes} == {"0"}


def test_there_is_no_chart_of_nothing() -> None:
    assert bars([]) is None
    assert heat([("Mon", [Gap.HIDDEN])], ["00:00"]) is None
    assert upright(["5 Oct"], [Gap.UNREAD]) is None


def test_what_is_hidden_is_hatched_and_what_was_not_read_is_a_gap() -> None:
    chart = upright(["5 Oct", "12 Oct", "19 Oct"], [100, Gap.HIDDEN, Gap.UNREAD])
    assert chart is not None
    assert [(shape.is_hidden, shape.gap) for shape in chart.shapes] == [
        (False, ""),
        (True, "hidden"),
        (False, "not read"),
    ]
    assert chart.has_hidden


def test_the_year_before_is_a_mark_on_the_same_scale() -> None:
    chart = upright(["5 Oct", "12 Oct"], [50, 50], [100, Gap.HIDDEN])
    assert chart is not None
    assert [shape.beside for shape in chart.shapes] == [f"{TOP:.1f}", ""]
    assert chart.shapes[0].height == HIGHEST / 2


def test_cells_fill_the_width_and_are_darker_for_more() -> None:
    chart = heat([("Mon", [10, 500, 1_000]), ("Tue", [Gap.HIDDEN, 10, 10])], ["00:00", "01:00", "02:00"])
    assert chart is not None
    shades = [shape.shade for shape in chart.shapes[:3]]
    assert shades == sorted(shades)
    assert shades[-1] == "1.00"
    last = chart.shapes[2]
    assert float(last.x[:-1]) + float(last.width[:-1]) <= 100
    assert chart.shapes[3].is_hidden
    assert chart.shapes[3].shade == ""
