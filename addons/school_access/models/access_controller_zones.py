from odoo import fields, models

from ..const import ALWAYS_ZONES
from ..domain.access_windows import DAY

#: Of a Z-5R's seven time zones six are for rules; the last one is always open, so that
#: “all zones” means always (protocols, 1.5).
SLOTS = 6
ALWAYS = ("1111111", 0, DAY)


class AccessController(models.Model):
    """The time zones of a controller, which decides by them when nobody answers it.

    A zone is days and a span of time, for both directions and without dates. So who
    may pass one way passes both, and a school day is a day of the week: a door that
    cannot ask lets out rather than keeps in. More spans than zones: the rarest become
    “always”.
    """

    _inherit = "access.controller"

    zone_spans = fields.Json(readonly=True, copy=False)
    zone_overflow = fields.Boolean(
        "More times than time zones",
        readonly=True,
        copy=False,
        help="The rules have more different times than the controller has time zones:"
        " without the server it lets some people through at any time.",
    )

    # === BUSINESS METHODS === #

    def _place_zones(self, weights):
        """Give the most used spans a zone each; spans that have one keep it.

        :param weights: {(days, begin, end): number of people}
        :return: function from the spans of a person to the mask of zones
        """
        self.ensure_one()
        former = [span and tuple(span) for span in self.zone_spans or [None] * SLOTS]
        wanted = [span for span in weights if span != ALWAYS]
        wanted.sort(key=lambda span: (-weights[span], span))
        chosen = set(wanted[:SLOTS])
        slots = [span if span in chosen else None for span in former]
        for span in wanted[:SLOTS]:
            if span not in slots:
                slots[self._find_slot(slots, former)] = span
        self._set_zones(slots, former, len(wanted) > SLOTS)
        masks = {span: 1 << number for number, span in enumerate(slots) if span}

        def mask(spans):
            if any(span not in masks for span in spans):
                return ALWAYS_ZONES
            return sum(masks[span] for span in spans)

        return mask

    def _find_slot(self, slots, former):
        """Return a free slot, best one that was free before."""
        free = [number for number, span in enumerate(slots) if not span]
        return next((number for number in free if not former[number]), free[0])

    def _set_zones(self, slots, former, overflow):
        kept = [span or before for span, before in zip(slots, former, strict=True)]
        if kept == former and overflow == self.zone_overflow:
            return
        self.write(
            {
                "zone_spans": [span and list(span) for span in kept],
                "zone_overflow": overflow,
            }
        )
        changed = [
            zone
            for zone, (span, before) in enumerate(zip(kept, former, strict=True))
            if span != before
        ]
        first = not any(former)
        self._queue_zones(changed + ([SLOTS] if first else []))

    def _tell_zones(self):
        """Tell all zones anew: the device may have lost them, or is another one."""
        for controller in self:
            if any(controller.zone_spans or ()):
                controller._queue_zones(range(SLOTS + 1))

    def _queue_zones(self, numbers):
        for zone in self._get_time_zones():
            if zone["zone"] in numbers:
                self._queue("set_timezone", zone)

    def _get_time_zones(self):
        """Return the time zones as `set_timezone` takes them, those in use only."""
        self.ensure_one()
        spans = [*(self.zone_spans or [None] * SLOTS), ALWAYS]
        return [
            {
                "zone": number,
                "begin": self._clock(span[1]),
                "end": self._clock(min(span[2], DAY - 1)),
                "days": f"{span[0]}0",
            }
            for number, span in enumerate(spans)
            if span
        ]

    def _clock(self, minutes):
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
