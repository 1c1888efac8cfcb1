"""The menu of downloads works by mouse and keyboard, buttons say their names, paper is light."""

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def menu(page, address):
    """Return the button of the menu, on a page that is made from a notebook."""
    page.goto(f"{address}/book/softmax.html")
    return page.get_by_role("button", name="Download this page")


def test_a_click_opens_the_menu_and_another_closes_it(page, menu):
    items = page.locator(".dropdown-download-buttons .dropdown-item")
    assert items.count() == 3
    for closing in (menu, page.locator("article h1")):
        menu.click()
        assert [item.is_visible() for item in items.all()] == [True] * 3
        assert menu.get_attribute("aria-expanded") == "true"
        assert items.first.bounding_box()["x"] > 0
        closing.click(position={"x": 2, "y": 2})
        page.mouse.move(5, 700)  # while the mouse rests on the button, the menu is shown
        assert not items.first.is_visible()
        assert menu.get_attribute("aria-expanded") == "false"


def test_the_menu_stays_on_a_narrow_page(page, menu):
    page.set_viewport_size({"width": 390, "height": 800})
    menu.click()
    box = page.locator(".dropdown-download-buttons .dropdown-menu").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_keyboard_moves_in_the_menu_and_leaves_it(page, menu):
    menu.focus()
    page.keyboard.press("Enter")
    places = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        places.append(
            page.evaluate(
                "[...document.querySelectorAll('.dropdown-download-buttons .dropdown-item')]"
                ".indexOf(document.activeElement)"
            )
        )
    assert places == [0, 1, 0]
    page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert menu.evaluate("e => e === document.activeElement")


def test_every_button_says_what_it_is_when_the_mouse_rests_on_it(page, menu):
    named = page.locator("header button:visible, .bd-header-article button:visible")
    silent = named.evaluate_all(
        "all => all.filter(e => !e.title && !e.ariaLabel).map(e => e.outerHTML)"
    )
    assert silent == []
    assert page.locator(".theme-switch-button:visible").first.get_attribute("title")


def test_paper_is_light_whatever_the_screen_is(page, address):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/book/softmax.html")
    theme = "document.documentElement.dataset.theme"
    page.evaluate(f"addEventListener('beforeprint', () => (window.printed = {theme}))")
    page.pdf()
    assert page.evaluate("printed") == "light"
    assert page.evaluate(theme) == "dark"
