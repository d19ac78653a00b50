import hashlib
import hmac
import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import FREED, LIVE_STATES
from ..domain import roster_code, student_names
from .database_secret import get_secret, keyed_digest
from .issue_sql import given

#: Keys by which readers find a card, as the reader's text names them.
CARD_KEYS = ("uid", "w26", "dec10", "qr")
#: A card that is none of these is shown as blocked.
CARD_STATES = ("made", "handed", "active")

#: Short lists that the tablet gets as a whole.
IN_USE = [("active", "=", True)]

#: What the page may ask for; each part has a digest, so that it is sent once.
PARTS = ("base", "students", "orders", "issued")


class MealServingDay(models.AbstractModel):
    """What a serving tablet needs for a day of its school, also without network.

    No account, no benefit, no health data: of allergies only the stop for a meal that
    contains what the child must not eat. Card numbers are digests with the tablet's own
    salt. Rows are lists, the order of their values is a contract with ``day.js``.
    """

    _name = "meal.serving.day"
    _description = "Day of a Serving Tablet"

    @api.model
    def _get(self, device, date=None, known=None, parts=None):
        """Return the parts of the day that the tablet does not have yet.

        :param device: `school.device` (sudo)
        :param dict known: {part: digest} the tablet has
        :param parts: names of :data:`PARTS` to look at; all by default
        """
        self.env.flush_all()
        school = device.school_id
        date = date or self._get_today(school)
        answer = {
            "date": str(date),
            "now": f"{fields.Datetime.now().isoformat()}Z",
            "device": device.id,
            "next_date": self._get_next_day(school, date),
            "next_sequence": self._get_next_sequence(device),
            "digests": {},
        }
        for part in PARTS:
            if parts and part not in parts:
                continue
            content = getattr(self, f"_get_{part}")(device, school, date)
            digest = hashlib.sha256(
                json.dumps(content, default=str).encode()
            ).hexdigest()[:16]
            answer["digests"][part] = digest
            if (known or {}).get(part) != digest:
                answer[part] = content
        return answer

    @api.model
    def _get_today(self, school):
        return fields.Date.context_today(self.with_context(tz=school.tz))

    @api.model
    def _get_next_day(self, school, date):
        """Return the day that the tablet prepares for, in case it has no network."""
        # sudo: the calendar is no secret, the device user has no rights.
        calendar = self.env["school.calendar"].sudo()
        day = calendar._next_school_day(date, school)
        return str(day) if day else None

    @api.model
    def _get_next_sequence(self, device):
        [(last,)] = self.env.execute_query(
            SQL(
                "SELECT max(sequence) FROM meal_issue_event WHERE device_id = %s",
                device.id,
            )
        )
        return (last or 0) + 1

    # === PARTS === #

    @api.model
    def _get_base(self, device, school, date):
        # sudo: names of the school's own things, for a device without rights.
        env = self.sudo().env
        variants = env["meal.variant"].with_context(active_test=False)
        readers = env["school.card.reader"].search([("school_id", "=", school.id)])
        return {
            "school": school.short_name or school.name,
            "device_name": device.name,
            "timezone": school.tz,
            "salt": self._get_salt(device),
            "override": school.serving_override,
            "meals": self._get_meal_rows(env["meal.type"].search(IN_USE)),
            "variants": {
                variant.id: variant.name
                for variant in variants.search(
                    [("company_id", "=", school.company_id.id)]
                )
            },
            "classes": [
                [school_class.id, school_class.name]
                for school_class in env["school.class"].search(
                    [("school_id", "=", school.id)], order="grade, letter, id"
                )
            ],
            "allergens": {
                allergen.id: allergen.name
                for allergen in env["school.allergen"].search(IN_USE)
            },
            "readers": [
                [reader.id, reader.name, reader._options_dict()] for reader in readers
            ],
        }

    @api.model
    def _get_meals(self, school, date):
        """Return the meals that are ordered or on the menu."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT meal_type_id FROM meal_order
                 WHERE school_id = %(school)s AND date = %(date)s
                 UNION
                SELECT l.meal_type_id FROM meal_menu n
                  JOIN meal_menu_line l ON l.menu_id = n.id
                 WHERE n.school_id = %(school)s AND n.date = %(date)s
                """,
                school=school.id,
                date=date,
            )
        )
        # sudo: as above.
        return (
            self.env["meal.type"]
            .sudo()
            .with_context(active_test=False)
            .search([("id", "in", [meal_id for (meal_id,) in rows])])
        )

    @api.model
    def _get_meal_rows(self, meals):
        return [[meal.id, meal.code, meal.name] for meal in meals]

    @api.model
    def _get_students(self, device, school, date):
        """Rows ``[id, name, class, photo, [[is blocked, digest, …], …]]``."""
        salt = self._get_salt(device)
        rows = self._query_students(
            SQL(
                """(s.school_id = %(school)s AND s.state = 'enrolled' OR s.id IN (
                    SELECT o.student_id FROM meal_order o
                     WHERE o.school_id = %(school)s AND o.date = %(date)s))""",
                school=school.id,
                date=date,
            )
        )
        secret = get_secret(self.env)
        return [
            [
                student_id,
                name,
                class_id,
                photo,
                [
                    *self._get_card_rows(cards, salt),
                    [0, roster_code.student_digest(secret, student_id, salt)],
                ],
            ]
            for student_id, name, class_id, photo, cards in rows
        ]

    @api.model
    def _query_students(self, condition):
        """Return rows (id, name, class, version of the photo, cards)."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id, s.class_id, s.last_name, s.first_name, s.middle_name,
                       s.birth_date,
                       photo.version, card.rows
                  FROM school_student s
                  LEFT JOIN LATERAL (
                       SELECT left(f.checksum, 8) AS version
                         FROM ir_attachment f
                        WHERE f.res_model = 'res.partner'
                          AND f.res_field = 'image_256' AND f.res_id = s.partner_id
                        LIMIT 1
                  ) photo ON true
                  LEFT JOIN LATERAL (
                       SELECT json_agg(json_build_array(
                                  c.state, c.uid, c.key_w26, c.key_dec10, c.qr_token)
                              ORDER BY c.id) AS rows
                         FROM school_card c WHERE c.student_id = s.id
                  ) card ON true
                 WHERE %s
                 ORDER BY s.last_name, s.first_name, s.id
                """,
                condition,
            )
        )
        names = student_names.tell_apart(
            [student_names.Person(*person) for _id, *person, _photo, _cards in rows]
        )
        return [
            (row[0], name, row[1], *row[-2:])
            for row, name in zip(rows, names, strict=True)
        ]

    @api.model
    def _get_card_rows(self, cards, salt):
        return [
            [
                0 if state in CARD_STATES else 1,
                *(
                    roster_code.salted(salt, key, value)
                    for key, value in zip(CARD_KEYS, values, strict=True)
                    if value
                ),
            ]
            for state, *values in cards or ()
        ]

    @api.model
    def _get_orders(self, device, school, date):
        """``meals``: rows ``[id, code, name]``; ``orders``: rows ``[student, meal, set
        or 0, "live"/"freed"/"off"]``; ``stops``: rows ``[student, meal, [allergens]]``;
        ``offers``: rows ``[meal, number of freed portions, [students]]``.
        """
        orders = self.env.execute_query(
            SQL(
                """
                SELECT student_id, meal_type_id, coalesce(variant_id, 0),
                       CASE WHEN state = ANY(%s) THEN 'live'
                            WHEN state = %s THEN 'freed' ELSE 'off' END
                  FROM meal_order
                 WHERE school_id = %s AND date = %s
                 ORDER BY id
                """,
                list(LIVE_STATES),
                FREED,
                school.id,
                date,
            )
        )
        return {
            "meals": self._get_meal_rows(self._get_meals(school, date)),
            "orders": [list(order) for order in orders],
            "stops": self._get_school_stops(school, date),
            # sudo: the device user has no rights to orders; of its own school only.
            "offers": self.env["meal.order"].sudo()._get_offers(school, date),
        }

    @api.model
    def _get_school_stops(self, school, date):
        condition = SQL("(s.school_id = %s OR o.school_id = %s)", school.id, school.id)
        return self._get_stops(school, date, condition)

    @api.model
    def _get_stops(self, school, date, condition):
        """Rows ``[student, meal, [allergens]]`` of who must not get a meal."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH meal AS (
                    SELECT DISTINCT l.meal_type_id AS id
                      FROM meal_menu n JOIN meal_menu_line l ON l.menu_id = n.id
                     WHERE n.school_id = %(school)s AND n.date = %(date)s
                )
                SELECT s.id, meal.id, stop.allergens
                  FROM school_student s
                 CROSS JOIN meal
                  LEFT JOIN meal_order o
                    ON o.student_id = s.id AND o.date = %(date)s
                   AND o.meal_type_id = meal.id
                 CROSS JOIN LATERAL (
                       SELECT meal_issue_stop(
                           s.id, %(school)s, %(date)s, meal.id, o.variant_id)
                           AS allergens
                  ) stop
                 WHERE %(condition)s
                   AND EXISTS (
                       SELECT FROM school_allergen_school_student_rel own
                        WHERE own.school_student_id = s.id)
                   AND stop.allergens IS NOT NULL
                 ORDER BY s.id, meal.id
                """,
                school=school.id,
                date=date,
                condition=condition,
            )
        )
        return [list(row) for row in rows]

    @api.model
    def _get_issued(self, device, school, date):
        """Rows ``[student or 0, meal, set or 0, time, device or 0]`` of portions that
        others have given out; the tablet knows its own."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(e.student_id, 0), e.meal_type_id,
                       coalesce(o.variant_id, 0),
                       to_char(e.occurred_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                       coalesce(e.device_id, 0)
                  FROM meal_issue_event e
                  LEFT JOIN meal_order o ON o.id = e.order_id
                 WHERE e.school_id = %s AND e.date = %s AND %s
                   AND e.device_id IS DISTINCT FROM %s
                 ORDER BY e.id
                """,
                school.id,
                date,
                given("e"),
                device.id,
            )
        )
        return [list(row) for row in rows]

    # === CARDS OF OTHERS === #

    @api.model
    def _find(self, device, date, uid):
        """Return the student of the municipality whose card this is: name, class and
        school, for the screen that says that they eat elsewhere."""
        school = device.school_id
        # sudo: the device user has no rights to cards.
        card = (
            self.env["school.card"]
            .sudo()
            .search(
                [
                    ("company_id", "=", school.company_id.id),
                    ("uid", "=", uid),
                    ("state", "!=", "replaced"),
                ],
                limit=1,
            )
        )
        student = card.student_id
        if not student:
            return {"student": None}
        date = date or self._get_today(school)
        [row] = self._query_students(SQL("s.id = %s", student.id))
        photo = row[3] and f"{row[3]}-{self._get_photo_key(device, student)}"
        return {
            "student": [student.id, row[1], student.class_id.name, photo],
            "school": student.school_id.short_name or student.school_id.name,
            "is_own": student.school_id == school,
            "is_blocked": card.state not in CARD_STATES,
            "stops": self._get_stops(school, date, SQL("s.id = %s", student.id)),
        }

    @api.model
    def _is_at_school(self, school, student):
        """Return whether a student is of the school or eats there these days."""
        if not student or student.school_id == school:
            return bool(student)
        # sudo: the device user has no rights to orders; asked of its own school only.
        orders = self.env["meal.order"].sudo()
        return bool(
            orders.search_count(
                [
                    ("student_id", "=", student.id),
                    ("school_id", "=", school.id),
                    ("date", ">=", self._get_today(school)),
                ],
                limit=1,
            )
        )

    @api.model
    def _is_found(self, device, student, version):
        """Return whether the tablet had the student's card: it was told this then."""
        key = (version or "").rpartition("-")[2].encode()
        return bool(student) and hmac.compare_digest(
            key, self._get_photo_key(device, student).encode()
        )

    # === SECRETS === #

    @api.model
    def _get_photo_key(self, device, student):
        """Return what a tablet shows the photo of a student of elsewhere by."""
        text = f"serving-photo-{device.id}-{student.id}"
        return keyed_digest(self.env, text)[:32]

    @api.model
    def _get_salt(self, device):
        """Return the salt of a tablet: digests of one say nothing about another's."""
        return keyed_digest(self.env, f"serving-{device.id}")[:16]
