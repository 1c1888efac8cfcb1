"""A tab of any engine: one may open pages, run functions on them, click and type."""

import json
import time

PATIENCE = 60  # seconds until a step has failed, on a busy machine too
KEYS = {"Enter": "\ue007", "End": "\ue010", "Home": "\ue011"}
# Where to click on an element, once it is in the middle of the window.
MIDDLE = """() => {
  const element = %s;
  element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  const { x, y, width, height } = element.getBoundingClientRect();
  return [Math.round(x + width / 2), Math.round(y + height / 2)];
}"""


class Tab:
    """The window of a driver, used as a reader would."""

    def __init__(self, driver):
        self.driver = driver
        self.open, self.resize = driver.open, driver.resize

    def run(self, function, *values):
        """Call a function of JavaScript on the page; return what it returns or promises."""
        call = f"(async () => JSON.stringify(await ({function})(...{json.dumps(values)})))()"
        text = self.driver.evaluate(call)
        return None if text is None else json.loads(text)

    def wait(self, function, *values):
        """Wait until a function returns something that JavaScript takes for true."""
        end = time.monotonic() + PATIENCE
        while not self.run(f"async (...all) => Boolean(await ({function})(...all))", *values):
            if time.monotonic() > end:
                raise TimeoutError(f"never true in {self.driver.name}: {function} {values}")
            time.sleep(0.05)

    def click(self, element):
        """Click on the element that an expression names."""
        x, y = self.run(MIDDLE % element)
        move = {"type": "pointerMove", "x": x, "y": y}
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.driver.act([{"type": "pointer", "id": "mouse", "actions": [move, *press]}])

    def press(self, *keys):
        """Press and release keys, by their names or letters."""
        values = [KEYS.get(key, key) for key in keys]
        strokes = [
            {"type": kind, "value": value} for value in values for kind in ("keyDown", "keyUp")
        ]
        self.driver.act([{"type": "key", "id": "keyboard", "actions": strokes}])
