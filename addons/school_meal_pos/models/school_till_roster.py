from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .. import const

#: A row committed late carries an earlier time: read this much again.
OVERLAP = timedelta(seconds=15)

#: More changed students than this (an import): the tills read everything anew.
MANY_STUDENTS = 200


class SchoolTillRoster(models.AbstractModel):
    """What a till keeps of a school: one compact row per student with their cards.

    No partner data, no benefit status, no debt (a negative balance reads as zero).
    Columns, the order is a contract with ``till_roster.js``:

    ``id, name, class, photo, account state, available, offline cap, left of the day
    limit, day limit, left of the sitting limit, sitting limit, banned products, banned
    categories, allergens, [[card id, state, uid, qr]]``
    """

    _name = "school.till.roster"
    _description = "Cards of a School's Till"

    # === ANSWERS === #

    @api.model
    def _get(self, school, since=None, student_ids=None):
        """Return all rows of a school, the given students, or what changed since."""
        now = fields.Datetime.now()
        changed_after = fields.Datetime.to_datetime(since) if since else None
        rows = self._rows(school, changed_after, student_ids)
        answer = {
            "full": not since and student_ids is None,
            "rows": rows,
            "gone": self._gone(school, changed_after, student_ids, rows),
            "version": None,
        }
        if student_ids is None:
            answer["version"] = fields.Datetime.to_string(now - OVERLAP)
        if answer["full"]:
            answer["allergens"] = self._allergen_names()
            answer["sitting_minutes"] = self._sitting_minutes(school)
        return answer

    @api.model
    def _find(self, school, uid, keys):
        """Return the rows of the students whose card answers to a reading."""
        card_domain = self._card_domain(uid, keys or {})
        if not card_domain:
            return {"rows": []}
        # sudo: a cashier has no access to cards; the school was checked by the caller.
        cards = (
            self.env["school.card"]
            .sudo()
            .search([("school_id", "=", school.id), *card_domain], limit=10)
        )
        return {"rows": self._rows(school, None, cards.student_id.ids)}

    @api.model
    def _card_domain(self, uid, keys):
        names = {"w26": "key_w26", "z5r": "key_z5r", "dec10": "key_dec10"}
        names["qr"] = "qr_token"
        if uid:
            return [("uid", "=", str(uid))]
        for key, field in names.items():
            if keys.get(key):
                return [(field, "=", str(keys[key]))]
        return []

    @api.model
    def _allergen_names(self):
        # sudo: names of allergens are no secret, who has them is in the rows.
        allergens = self.env["school.allergen"].sudo().search([("code", "!=", False)])
        return {allergen.id: allergen.name for allergen in allergens}

    # === QUERIES === #

    @api.model
    def _rows(self, school, changed_after=None, student_ids=None):
        """One query for everything; about 1 s per 40,000 students."""
        self.env.flush_all()
        conditions = [
            SQL("s.school_id = %s", school.id),
            SQL("s.state = 'enrolled'"),
        ]
        if student_ids is not None:
            conditions.append(SQL("s.id = ANY(%s)", list(student_ids)))
        if changed_after:
            conditions.append(self._changed(changed_after))
        relation = self.env["school.student"]._fields["allergen_ids"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.id,
                       s.last_name || ' ' || s.first_name,
                       k.name,
                       photo.version,
                       COALESCE(a.state, 'closed'),
                       GREATEST((a.posted - a.held + a.credit_limit
                                 + CASE WHEN a.held > 0 THEN meal_ledger_lapsed(a.id)
                                        ELSE 0 END) * 100, 0)::bigint,
                       %(cap)s,
                       CASE WHEN a.limit_day > 0 THEN
                           ((a.limit_day - meal_ledger_spent(a.id, %(today)s, NULL))
                            * 100)::bigint END,
                       (a.limit_day * 100)::bigint,
                       CASE WHEN a.limit_sitting IS NOT NULL THEN
                           ((a.limit_sitting - meal_ledger_spent(
                                a.id, NULL, %(sitting)s)) * 100)::bigint END,
                       (a.limit_sitting * 100)::bigint,
                       ban.products,
                       ban.categories,
                       (SELECT json_agg(r.%(allergen)s)
                          FROM %(allergens)s r WHERE r.%(student)s = s.id),
                       (SELECT json_agg(json_build_array(
                                   c.id, c.state, c.uid, c.qr_token)
                               ORDER BY c.id)
                          FROM school_card c WHERE c.student_id = s.id)
                  FROM school_student s
                  LEFT JOIN school_class k ON k.id = s.class_id
                  LEFT JOIN meal_account a ON a.student_id = s.id
                  LEFT JOIN LATERAL (
                       SELECT json_agg(b.product_id)
                                  FILTER (WHERE b.product_id IS NOT NULL) AS products,
                              json_agg(b.category_id)
                                  FILTER (WHERE b.category_id IS NOT NULL) AS categories
                         FROM meal_ban b WHERE b.account_id = a.id
                  ) ban ON true
                  LEFT JOIN LATERAL (
                       SELECT left(f.checksum, 8) AS version
                         FROM ir_attachment f
                        WHERE f.res_model = 'res.partner'
                          AND f.res_field = 'image_128' AND f.res_id = s.partner_id
                        LIMIT 1
                  ) photo ON true
                 WHERE %(conditions)s
                 ORDER BY s.id
                """,
                cap=self._offline_cap(school),
                today=self._today(school),
                sitting=fields.Datetime.now()
                - timedelta(minutes=self._sitting_minutes(school)),
                allergens=SQL.identifier(relation.relation),
                student=SQL.identifier(relation.column1),
                allergen=SQL.identifier(relation.column2),
                conditions=SQL(" AND ").join(conditions),
            )
        )
        return [list(row) for row in rows]

    @api.model
    def _changed(self, since):
        """Anything of a row, whoever wrote it (the ledger's SQL sets write_date)."""
        return SQL(
            """(s.write_date > %(since)s OR a.write_date > %(since)s
                OR EXISTS (SELECT FROM school_card c
                            WHERE c.student_id = s.id AND c.write_date > %(since)s)
                OR EXISTS (SELECT FROM meal_ban b
                            WHERE b.account_id = a.id AND b.write_date > %(since)s))""",
            since=since,
        )

    @api.model
    def _gone(self, school, changed_after, student_ids, rows):
        """Students the till must forget: left, or moved to another school."""
        if student_ids is not None:
            return list(set(student_ids) - {row[0] for row in rows})
        if not changed_after:
            return []
        return [
            student_id
            for (student_id,) in self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM school_student
                     WHERE write_date > %s AND company_id = %s
                       AND (school_id <> %s OR state <> 'enrolled')
                    """,
                    changed_after,
                    school.company_id.id,
                    school.id,
                )
            )
        ]

    @api.model
    def _offline_cap(self, school):
        """Kopecks a student may spend while the till has no network."""
        return round((school.offline_cap or school.company_id.meal_offline_cap) * 100)

    @api.model
    def _sitting_minutes(self, school):
        """How long one visit to the canteen lasts: its limit counts over this time."""
        return school.company_id.meal_sitting_minutes or 30

    @api.model
    def _today(self, school):
        return fields.Date.context_today(self.with_context(tz=school.tz))

    # === ACCESS === #

    @api.model
    def _visible_student(self, student_id):
        """Return a student (sudo) if the user may see them at a till."""
        user = self.env.user
        # sudo: a cashier has no access to students; checked below.
        student = self.env["school.student"].sudo().browse(student_id).exists()
        if not student or not (
            user.has_group("school_meal_base.group_manager")
            or user.has_group("point_of_sale.group_pos_user")
            and student.school_id in user.sudo().school_ids
        ):
            raise AccessError(self.env._("This student is not of your school."))
        return student

    # === NEWS === #

    @api.model
    def _notify(self, students, cards=None):
        """Tell the tills of the students' schools what changed, after the commit.

        :param students: `school.student`
        :param cards: `school.card` whose state the tills take over at once
        """
        # sudo: whoever changes a card need not have access to tills.
        by_school = students.sudo().grouped("school_id")
        schools = students.sudo().school_id
        changed = cards.sudo().grouped("school_id") if cards else {}
        configs = self.env["pos.config"].sudo()
        for config in configs.search([("school_id", "in", schools.ids)]):
            own = by_school[config.school_id]
            if len(own) > MANY_STUDENTS:
                message = {"all": True}
            else:
                states = changed.get(config.school_id, self.env["school.card"])
                message = {
                    "students": own.ids,
                    "cards": [[card.id, card.state] for card in states],
                }
            config._notify(const.BUS_ROSTER, message)
