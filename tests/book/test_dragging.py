"""A point of an explorer follows the mouse and the finger; its sliders hold where it is."""

import pytest
from rotation import one_in

from lossutils.book import explorers
from website.explorer_page import handles, open_bare, values

pytestmark = pytest.mark.slow

# Where a point is on the screen, by the scales of the chart.
PLACE = """(figure, number) => {
  const at = (axis) => figure.view.scale(axis)(figure.view.signal(`${axis}${number}`));
  const place = new DOMPoint(at("x"), at("y"));
  const { x, y } = place.matrixTransform(figure.querySelector(".root > g").getScreenCTM());
  return [x, y];
}"""
# The pixels of one unit of the axes; up is minus.
UNIT = "figure => ['x', 'y'].map((axis) => figure.view.scale(axis)(1) - figure.view.scale(axis)(0))"


@pytest.fixture
def desk(browser):
    """Return a figure whose points can be dragged, on the page of a desk."""
    page = open_bare(browser, "embeddings")
    yield page.locator("figure.explorer")
    assert page.problems == []
    page.close()


def place_of(figure, number):
    """Return where the sliders of a point say that it is."""
    shown = values(figure.page)
    return [shown[f"{axis}{number}"] for axis in "xy"]


def by(figure, number, across, up):
    """Return where a point is, and the place that many units away from it."""
    x, y = figure.evaluate(PLACE, number)
    of_x, of_y = figure.evaluate(UNIT)
    return (x, y), (x + across * of_x, y + up * of_y)


def drag(figure, number, across, up):
    start, end = by(figure, number, across, up)
    mouse = figure.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(*end, steps=4)
    mouse.up()


def test_a_unit_is_as_long_across_as_it_is_up(desk):
    across, up = desk.evaluate(UNIT)
    assert across == pytest.approx(-up)


def test_a_point_follows_the_mouse(desk):
    before, sentence = place_of(desk, 3), desk.locator(".explorer-seen").inner_text()
    drag(desk, 3, 0.5, -0.9)
    assert place_of(desk, 3) == pytest.approx([before[0] + 0.5, before[1] - 0.9])
    assert desk.locator(".explorer-seen").inner_text() != sentence


def test_a_dragged_point_is_the_chosen_one_and_has_its_sliders_in_sight(desk):
    drag(desk, 4, -0.3, 0.2)
    assert values(desk.page)["point"] == 4
    shown = desk.locator("input[type=range]:visible").evaluate_all("all => all.map(c => c.name)")
    assert shown == ["margin", "x4", "y4"]


def test_a_point_keeps_to_the_ends_and_the_steps_of_its_sliders(desk):
    drag(desk, 0, -9, 0.32)
    assert place_of(desk, 0) == pytest.approx([-2, 0.4])


def test_a_released_point_stays(desk):
    drag(desk, 5, 0.4, 0.4)
    left = place_of(desk, 5)
    desk.page.mouse.move(*by(desk, 5, -1, -1)[1])
    assert place_of(desk, 5) == left


def test_nothing_moves_where_there_is_no_point(desk):
    start = [place_of(desk, number) for number in range(6)]
    mouse, (_, free) = desk.page.mouse, by(desk, 0, -0.6, 1.7)
    mouse.move(*free)
    mouse.down()
    mouse.move(free[0] + 150, free[1] + 60)
    mouse.up()
    assert [place_of(desk, number) for number in range(6)] == start


def test_a_slider_moves_its_point(desk):
    _, above = by(desk, 0, 0, 0.1)
    desk.locator("[name=y0]").press("ArrowRight")
    assert desk.evaluate(PLACE, 0) == pytest.approx(above)


def test_reset_takes_dragged_points_back(desk):
    start = place_of(desk, 2)
    drag(desk, 2, 0.8, 0.1)
    desk.page.get_by_role("button", name="Reset").click()
    desk.page.wait_for_function("document.querySelector('[name=point]').value === '0'")
    assert place_of(desk, 2) == start


@pytest.mark.parametrize(("away", "scrolls"), [((0, 0), False), ((-0.4, 1.5), True)])
def test_a_finger_moves_a_point_or_else_the_page(browser, away, scrolls):
    phone = {"viewport": {"width": 360, "height": 500}, "has_touch": True, "is_mobile": True}
    page = open_bare(browser, "embeddings", **phone)
    page.evaluate("document.body.style.minHeight = '3000px'")
    figure = page.locator("figure.explorer")
    figure.locator("svg").scroll_into_view_if_needed()
    _, (x, y) = by(figure, 0, *away)
    before, top = place_of(figure, 0), page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    for kind, step in [("touchStart", 0), *(("touchMove", k) for k in range(1, 7))]:
        point = {"x": x, "y": y - 10 * step}
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert (page.evaluate("scrollY") > top) is scrolls
    assert (place_of(figure, 0)[1] > before[1] + 0.3) is not scrolls
    assert page.problems == []
    page.close()


DRAGGED = [name for name in explorers.__all__ if getattr(explorers, name)().handles]


# The ends and the step of a slider.
LIMITS = "slider => [slider.min, slider.max, slider.step].map(Number)"
DIRECTIONS = [(-45, -45), (45, 45), (-20, -20), (-80, -80)]  # pixels


def moved_sliders(handle):
    """Return the sliders that hold where a handle is."""
    return {handle.get("x"), handle.get("y"), *handle.get("to", {})}


def moved_axes(handle, own):
    """Return the axes along which a handle can be dragged."""
    axes = {axis for axis in "xy" if handle.get(axis) in own}
    return axes | ({"x" if isinstance(handle.get("x"), str) else "y"} if "to" in handle else set())


def stands_at_an_end(page, names):
    """Tell whether one of the sliders has reached an end."""
    for name in names:
        low, high, _ = page.locator(f"[name={name}]").evaluate(LIMITS)
        if values(page)[name] in (low, high):
            return True
    return False


def stride(page, number, names, axis):
    """Return by how many pixels a handle moves with the step of its slider."""
    before = handles(page)[number][axis]
    for name in names:
        page.locator(f"[name={name}]").press("ArrowLeft")
    return abs(handles(page)[number][axis] - before)


def drag_handle(page, start, across, down):
    """Drag a handle by some pixels."""
    page.mouse.move(start["x"], start["y"])
    page.mouse.down()
    page.mouse.move(start["x"] + across, start["y"] + down, steps=3)
    page.mouse.up()


def reset(page):
    page.evaluate("document.querySelector('figure.explorer form').reset()")
    page.wait_for_timeout(20)


@pytest.mark.parametrize("name", one_in(6, DRAGGED))
def test_every_handle_moves_its_sliders_and_nothing_else(browser, name):
    """Dragged by some pixels, a handle changes its own sliders and stays near the pointer.

    It is as near as the steps of its sliders allow. Where they reach an end, it is dragged the
    other way.
    """
    page = open_bare(browser, name, viewport={"width": 900, "height": 900})
    for number, start in enumerate(handles(page)):
        if not start["inside"]:
            continue
        handle, before = start["handle"], values(page)
        own = moved_sliders(handle) & before.keys()
        assert own, handle
        for across, down in DIRECTIONS:
            drag_handle(page, start, across, down)
            after, end = values(page), handles(page)[number]
            if not stands_at_an_end(page, own):
                break
            reset(page)
        else:
            pytest.fail(f"{handle} reaches an end both ways")
        changed = {key for key in after if after[key] != before[key]}
        assert changed & own, handle
        assert changed <= own | set(handle["set"]), (handle, changed)
        for axis, way in (("x", across), ("y", down)):
            if axis in moved_axes(handle, own):
                near = max(12, stride(page, number, own, axis) / 2 + 1)
                assert end[axis] == pytest.approx(start[axis] + way, abs=near), (handle, axis)
        reset(page)
    assert page.problems == []
    page.close()


def test_everything_that_has_a_place_in_its_chart_can_be_dragged():
    """Only a film, whose one control is time, has nothing to take hold of."""
    assert set(explorers.__all__) - set(DRAGGED) == {"moving_map"}
