import json
import runpy
from pathlib import Path

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).resolve().parents[3]


@tagged("post_install", "-at_install")
class TestReaderVectors(BaseCase):
    def test_the_browser_replays_the_same_vectors_as_the_server(self):
        maker = runpy.run_path(str(ROOT / "protocol" / "make_js_vectors.py"))
        vectors = json.loads(maker["SOURCE"].read_text("utf-8"))
        self.assertEqual(
            maker["TARGET"].read_text("utf-8"),
            maker["as_module"](vectors),
            "run protocol/make_js_vectors.py",
        )
