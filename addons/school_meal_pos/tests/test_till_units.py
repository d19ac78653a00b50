from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

SUITE = "@school_meal_pos"

#: Debian's Odoo comes without one library of `mail`; its bundle says so in the console.
KNOWN_GAP = "selfie_segmentation"


def hoot_id(name):
    """Number under which Hoot knows a suite (as in web/tests/test_js.py)."""
    value = 0
    for char in name:
        value = ((value << 5) - value + ord(char)) & 0xFFFFFFFF
    return f"{value:08x}"


@tagged("post_install", "-at_install")
class TestTillUnits(HttpCase):
    """The JavaScript unit tests of this add-on, in the browser."""

    def test_units_of_the_till(self):
        handle = ChromeBrowser._handle_console

        def listen(browser, type, args=None, stackTrace=None, **kw):
            text = str(browser._from_remoteobject(args[0])) if args else ""
            if KNOWN_GAP not in text:
                handle(browser, type, args, stackTrace, **kw)

        with patch.object(ChromeBrowser, "_handle_console", listen):
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset=desktop&id={hoot_id(SUITE)}",
                "",
                "",
                login="admin",
                timeout=300,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=lambda message: "[HOOT]" not in message,
            )
