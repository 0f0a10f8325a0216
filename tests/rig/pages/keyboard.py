"""A person who uses the keyboard alone: comes to a control with Tab, and sees where they are all the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

MOST = 400  #: so many Tabs, and then the control is not to be reached
#: where the focus is: is it one of these, is it marked for the eye, and what it is
LOOK = """those => {
    const here = document.activeElement;
    const style = getComputedStyle(here);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return {
        there: those.includes(here),
        seen: here === document.body || outlined || style.boxShadow !== 'none',
        what: here.outerHTML.slice(0, 200),
    };
}"""


@dataclass
class Hands:
    """Two hands on a keyboard, and a page. Nothing here clicks, and nothing sets the focus."""

    page: Page

    def tab_to(self, those: Locator) -> None:
        """Press Tab until one of ``those`` has the focus. Fails when it is not reached, or the focus cannot be seen."""
        for _ in range(MOST):
            at = those.evaluate_all(LOOK)
            assert at["seen"], f"the focus cannot be seen on {at['what']}"
            if at["there"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not come to {those}; the last was {at['what']}")

    def follow(self, name: str) -> None:
        """Come to a link by its name, and follow it."""
        self.tab_to(self.page.get_by_role("link", name=name))
        self.enter()

    def press(self, words: str) -> None:
        """Come to a button by its words, and send its form."""
        self.tab_to(self.page.locator("button", has_text=words))
        self.enter()

    def enter(self) -> None:
        """Press Enter where the focus is, and wait for the next page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def unfold(self, words: str, within: Locator | None = None) -> None:
        """Come to what folds open, and open it."""
        summary = (within or self.page).locator("summary", has_text=words)
        self.tab_to(summary)
        self.page.keyboard.press("Enter")

    def type(self, label: str, text: str, within: Locator | None = None) -> None:
        """Come to a field by its label, and type."""
        self.tab_to((within or self.page).get_by_label(label))
        self.page.keyboard.type(text)

    def type_day(self, label: str, day: date, within: Locator | None = None) -> None:
        """Come to a field for a day, and type it, as this browser's language writes days."""
        self.tab_to((within or self.page).get_by_label(label))
        order: Sequence[str] = self.page.evaluate(
            "new Intl.DateTimeFormat().formatToParts().map(each => each.type).filter(each => each !== 'literal')"
        )
        for piece in order:
            self.page.keyboard.type({"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}[piece])
            if piece == "year" and piece != order[-1]:
                self.page.keyboard.press("ArrowRight")  # a year may have more digits; the others are full, and go on
        assert self._here().input_value() == day.isoformat()

    def choose(self, label: str, wanted: str, within: Locator | None = None) -> None:
        """Come to a list, and go down it to what is wanted."""
        self.tab_to((within or self.page).get_by_label(label))
        here = self._here()
        for _ in range(here.evaluate("list => list.options.length")):
            if here.evaluate("list => list.selectedOptions[0].text") == wanted:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} has no {wanted}")

    def take(self, label: str, file: Path) -> None:
        """Come to a field for a file, and choose one; the system's own dialog is beyond a test's reach."""
        self.tab_to(self.page.get_by_label(label))
        self._here().set_input_files(file)

    def _here(self) -> ElementHandle:
        found: Any = self.page.evaluate_handle("document.activeElement").as_element()
        assert found
        return found  # type: ignore[no-any-return]
