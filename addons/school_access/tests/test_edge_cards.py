from odoo.tests import tagged

from .test_edge_api import SYNC, EdgeCase


@tagged("post_install", "-at_install")
class TestEdgeCards(EdgeCase):
    """What controllers behind a gateway hold is read and compared."""

    def _sync(self, **message):
        status, response = self._call(SYNC, {"store": self.store, **message})
        self.assertEqual(status, 200)
        return response.json()

    def _open_alarms(self):
        self.env.invalidate_all()
        return self.env["access.alarm"].search(
            [
                ("kind", "=", "list_differs"),
                ("controller_id", "=", self.controller.id),
                ("closed_at", "=", False),
            ]
        )

    def test_every_night_the_gateway_is_asked_to_read_them(self):
        self.controller.state = "online"
        self.env["access.controller"]._cron_read_cards()
        self.env.flush_all()
        commands = self._sync()["commands"]
        self.assertIn(
            (self.controller.id, "read_cards"),
            [(each["controller"], each["name"]) for each in commands],
        )

    def test_a_difference_is_an_alarm_until_there_is_none(self):
        self._sync(compared=[[self.controller.id, 2]])
        alarm = self._open_alarms()
        self.assertIn("2", alarm.details)
        self.assertTrue(self.controller.compared_at)
        self._sync(compared=[[self.controller.id, 0]])
        self.assertFalse(self._open_alarms())

    def test_nothing_is_believed_of_others_controllers(self):
        other = self._new_controller(self.point, "556")
        for compared in ([[other.id, 2]], 5, [5], [["x", 1]], [[[], {}]], [[True, -1]]):
            with self.subTest(compared=compared):
                self._sync(compared=compared)
        self.assertFalse(other.compared_at)
        self.assertFalse(self._open_alarms())
