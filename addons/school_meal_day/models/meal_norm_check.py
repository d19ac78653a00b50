from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, models
from odoo.tools import formatLang

from ..domain import menu_norms

#: Days before a menu in which its dishes may have been served already.
LOOK_BACK = timedelta(days=14)
MENU_KEY = ("school_id", "age_group_id", "shift", "variant_id")


class MealNormCheck(models.AbstractModel):
    """Compares menus with the norms in force and says in words what differs."""

    _name = "meal.norm.check"
    _description = "Comparison with Sanitary Norms"

    @api.model
    def _check(self, lines, age_group, date, cycle_length=0):
        """Return [(day, sentence)] for lines of ``domain.menu_norms``."""
        norms = self.env["meal.norm"]._of_age(age_group)._in_force(date)
        found = menu_norms.check(lines, norms._as_domain_norms(), cycle_length)
        return [(deviation.day, self._describe(deviation)) for deviation in found]

    @api.model
    def _check_menus(self, menus):
        """Return {menu: deviations} with the dishes of the days before."""
        found = defaultdict(list)
        menus = menus.filtered(lambda menu: menu.school_id and menu.date)
        for age_group, same_age in menus.grouped("age_group_id").items():
            norms = self.env["meal.norm"]._of_age(age_group)
            gaps = norms.filtered(lambda norm: norm.kind == "repeat_gap")
            days = int(max(gaps.mapped("minimum"), default=0))
            around = self._get_menus_around(same_age, days)
            for days in around.values():
                for menu, deviation in self._check_days(days, norms):
                    found[menu].append(deviation)
        return found

    @api.model
    def _get_menus_around(self, menus, days):
        """Return {key: menus in order of their days}, with some days just before."""
        dates = menus.mapped("date")
        around = menus.browse().search_fetch(
            [
                ("id", "not in", menus._origin.ids),
                ("school_id", "in", menus.school_id._origin.ids),
                ("age_group_id", "in", menus.age_group_id._origin.ids),
                ("date", ">=", min(dates) - LOOK_BACK),
                ("date", "<=", max(dates)),
            ],
            [*MENU_KEY, "date"],
        )
        groups, wanted = defaultdict(list), defaultdict(set)
        for menu in sorted((*menus, *around), key=lambda menu: menu.date):
            key = tuple(menu[name] for name in MENU_KEY)
            if menu in menus:
                size = len(groups[key])
                wanted[key].update(range(max(0, size - days), size + 1))
            groups[key].append(menu)
        return {
            key: [groups[key][index] for index in sorted(indexes)]
            for key, indexes in wanted.items()
        }

    @api.model
    def _check_days(self, menus, norms):
        """Yield (menu, deviation) of menus that follow each other."""
        lines = [
            line._as_norm_line(index)
            for index, menu in enumerate(menus)
            for line in menu.line_ids
        ]
        checked = {}
        for index, menu in enumerate(menus):
            in_force = norms._in_force(menu.date)
            if in_force not in checked:
                found = defaultdict(list)
                for deviation in menu_norms.check(lines, in_force._as_domain_norms()):
                    found[deviation.day].append(deviation)
                checked[in_force] = found
            for deviation in checked[in_force][index]:
                yield menu, deviation

    # === WORDS === #

    @api.model
    def _describe(self, deviation):
        """Return the sentence: what, measured, wanted, basis."""
        norm = self.env["meal.norm"].browse(deviation.norm)
        what = self._get_sentence(deviation, norm)
        basis = norm.basis
        if not norm.is_confirmed:
            basis = self.env._("%s; not confirmed", basis)
        return f"{what} ({basis})"

    @api.model
    def _get_sentence(self, deviation, norm):
        _ = self.env._
        words = {
            "meal": self.env["meal.type"].browse(deviation.meal or []).name or "",
            "dish": self.env["product.template"].browse(deviation.dish or []).name,
            "measured": self._number(deviation.measured),
            "wanted": self._get_wanted(deviation),
        }
        if deviation.kind == "portion_mass":
            return _(
                "%(meal)s: a portion of “%(dish)s” weighs %(measured)s g, the norm is"
                " %(wanted)s g",
                **words,
            )
        if deviation.kind == "meal_mass":
            return _(
                "%(meal)s: all dishes weigh %(measured)s g, the norm is %(wanted)s g",
                **words,
            )
        if deviation.kind == "energy_share":
            return _(
                "%(meal)s gives %(measured)s %% of the day's energy, the norm is"
                " %(wanted)s %%",
                **words,
            )
        if deviation.kind == "daily_need":
            labels = dict(norm._fields["nutrient"]._description_selection(self.env))
            return _(
                "%(nutrient)s: the meals of the day give %(measured)s, the norm is"
                " %(wanted)s",
                nutrient=labels[deviation.nutrient],
                **words,
            )
        if not deviation.measured:
            return _("“%(dish)s” is served twice on one day", **words)
        return _(
            "“%(dish)s” is served again after %(measured)s day(s), the norm is"
            " %(wanted)s",
            **words,
        )

    @api.model
    def _get_wanted(self, deviation):
        least, most = deviation.minimum, deviation.maximum
        if most and least:
            return f"{self._number(least)}–{self._number(most)}"
        if most:
            return self.env._("no more than %s", self._number(most))
        return self.env._("no less than %s", self._number(least))

    @api.model
    def _number(self, value):
        digits = 0 if abs(value - round(value)) < 0.05 or value >= 100 else 1
        return formatLang(self.env, value, digits=digits)

    # === TABLE === #

    @api.model
    def _render(self, lines, get_day, check, day_names):
        """Return a table of the days with totals by meal and what differs."""
        _ = self.env._
        head = Markup("").join(
            Markup('<th class="{}">{}</th>').format("text-end" if i > 1 else "", text)
            for i, text in enumerate(
                (
                    _("Day"),
                    _("Meal"),
                    _("Output, g"),
                    _("Proteins, g"),
                    _("Fats, g"),
                    _("Carbohydrates, g"),
                    _("Energy, kcal"),
                )
            )
        )
        body = Markup("").join(
            self._render_day(
                name,
                lines.filtered(lambda line, day=day: get_day(line) == day),
                [sentence for at, sentence in check if at == day],
            )
            for day, name in day_names.items()
        )
        return Markup(
            '<table class="table table-sm o_meal_summary"><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table>"
        ).format(head, body)

    @api.model
    def _render_day(self, name, lines, sentences):
        rows = [
            self._render_row(name if index == 0 else "", meal.name, own)
            for index, (meal, own) in enumerate(
                lines.sorted("meal_type_id").grouped("meal_type_id").items()
            )
        ]
        rows.append(
            self._render_row(
                "" if rows else name, self.env._("Total of the day"), lines, "fw-bold"
            )
        )
        rows += [
            Markup(
                '<tr class="table-warning"><td></td><td colspan="6">{}</td></tr>'
            ).format(sentence)
            for sentence in sentences
        ]
        return Markup("").join(rows)

    @api.model
    def _render_row(self, day, meal, lines, style=""):
        numbers = Markup("").join(
            Markup('<td class="text-end">{}</td>').format(
                formatLang(self.env, sum(lines.mapped(field)), digits=digits)
            )
            for field, digits in (
                ("output_g", 0),
                ("proteins_g", 1),
                ("fats_g", 1),
                ("carbohydrates_g", 1),
                ("energy_kcal", 0),
            )
        )
        return Markup('<tr class="{}"><td>{}</td><td>{}</td>{}</tr>').format(
            style, day, meal, numbers
        )
