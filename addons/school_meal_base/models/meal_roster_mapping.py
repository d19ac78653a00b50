from odoo import api, fields, models

from ..domain import roster_fields

CITY_GROUPS = (
    "school_meal_base.group_department",
    "school_meal_base.group_accountant",
    "school_meal_base.group_manager",
)


class MealRosterMapping(models.Model):
    """What a column of a school's lists means, when its header does not say it.

    A row without a school holds for every list of the municipality; a school's
    own row goes before it.
    """

    _name = "meal.roster.mapping"
    _description = "Column of Student Lists"
    _order = "company_id, school_id, header"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    school_id = fields.Many2one(
        "school.school", index="btree_not_null", ondelete="cascade"
    )
    header = fields.Char("Column header", required=True)
    header_key = fields.Char(
        compute="_compute_header_key", store=True, required=True, precompute=True
    )
    field = fields.Selection(
        lambda self: self._selection_field(), "Meaning", required=True
    )

    _header_uniq = models.UniqueIndex(
        "(company_id, COALESCE(school_id, 0), header_key)",
        "The meaning of this column is already saved. Change the saved one.",
    )

    @api.depends("header")
    def _compute_header_key(self):
        for mapping in self:
            mapping.header_key = roster_fields.header_key(mapping.header or "")

    @api.model
    def _selection_field(self):
        _ = self.env._
        student = {
            roster_fields.IGNORE: _("Do not import"),
            "full_name": _("Full name"),
            "last_name": _("Last name"),
            "first_name": _("First name"),
            "middle_name": _("Middle name"),
            "school": _("School"),
            "class": _("Class"),
            "grade": _("Grade"),
            "letter": _("Class letter"),
            "birth_date": _("Date of birth"),
            "gender": _("Gender"),
            "snils": _("SNILS"),
            "external_ref": _("Code in the other system"),
        }
        people = {
            "guardian": _("Representative"),
            **{
                f"guardian{number}": _("Representative %s", number)
                for number in roster_fields.GUARDIAN_NUMBERS
            },
            "mother": _("Mother"),
            "father": _("Father"),
        }
        parts = {
            "name": _("full name"),
            "relation": _("relation"),
            "phone": _("phone"),
            "email": _("e-mail"),
        }
        return list(student.items()) + [
            (f"{slot}_{part}", f"{who}: {what}")
            for slot, who in people.items()
            for part, what in parts.items()
        ]

    @api.model
    def _saved(self, company, school):
        """Return {header key: field} that holds for a school's list.

        :param school: the school of the list, empty for a list of many schools.
        """
        domain = [
            ("company_id", "=", company.id),
            ("school_id", "in", [False, *school.ids]),
        ]
        found = self.search(domain).sorted(lambda mapping: bool(mapping.school_id))
        return {mapping.header_key: mapping.field for mapping in found}

    @api.model
    def _remember(self, company, school, meanings):
        """Save what an operator corrected.

        :param meanings: {header: field}; only differences are written.
        """
        if not school and not any(self.env.user.has_group(g) for g in CITY_GROUPS):
            return  # one school's operator does not decide for the others
        known = {
            mapping.header_key: mapping
            for mapping in self.search(
                [("company_id", "=", company.id), ("school_id", "=", school.id)]
            )
        }
        for header, field in meanings.items():
            mapping = known.get(roster_fields.header_key(header))
            if not mapping:
                self.create(
                    {
                        "company_id": company.id,
                        "school_id": school.id,
                        "header": header,
                        "field": field,
                    }
                )
            elif mapping.field != field:
                mapping.field = field
