from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.json import scriptsafe

#: Who sits at a post, and who may look over a guard's shoulder.
STAFF = (
    "school_access.group_guard",
    "school_meal_base.group_operator",
    "school_meal_base.group_head",
)
MANAGER = "school_meal_base.group_manager"
#: The dialog of a guest's pass, where the add-on has it.
GUEST_ACTION = "school_access.access_guest_pass_action"


class AccessPost(models.AbstractModel):
    """The guard's page: who comes, what is wrong, who asks to be let in.

    This file says who may see which site and prepares the page;
    ``access_post_feed.py`` reads what is shown, ``access_post_work.py`` does what the
    guard asks for. Everything is private: the controller calls it for the user who has
    signed in. There are no numbers of cards, no benefits, no money, no health here.
    """

    _name = "access.post"
    _description = "Guard Post"

    # === ACCESS === #

    @api.model
    def _get_sites(self):
        """Return the sites (sudo) whose post the user may open."""
        user = self.env.user
        if not any(map(user.has_group, (*STAFF, MANAGER))):
            raise AccessError(
                self.env._(
                    "This page is for the guards of a school, its head and the person"
                    " responsible for access. Ask the administrator for the role."
                )
            )
        domain = Domain("company_id", "in", self.env.companies.ids)
        if not user.has_group(MANAGER):
            domain &= Domain("school_id.user_ids", "=", user.id)
        # sudo: guards have no rights to places of other schools; the domain says whose
        return self.env["access.site"].sudo().search(domain)

    @api.model
    def _get_site(self, site_id):
        """Return one site of :meth:`_get_sites` (sudo).

        :raises AccessError: there is no such site for this user
        """
        site = self._get_sites().filtered(lambda site: site.id == site_id)
        if not site:
            raise AccessError(
                self.env._(
                    "This post is not of your school. Choose a site from the list."
                )
            )
        return site

    # === THE PAGE === #

    @api.model
    def _prepare_page(self, site_id=None):
        """Return the values of the page; without a site, of the first."""
        sites = self._get_sites()
        site = self._get_site(site_id) if site_id else sites[:1]
        locale = (self.env.lang or "en_US").replace("_", "-")
        content = site and {
            "site": {
                "id": site.id,
                "name": site.name,
                "school": site.school_id.short_name,
            },
            "sites": self._prepare_sites(sites),
            "points": self._prepare_points(site),
            "labels": self._get_labels(),
            "texts": self.env["access.post.words"]._get(),
            "user": self.env.uid,
            "feed": self._get_feed(site, 0, with_counts=True),
            "evacuation": f"/school_access/evacuation/{site.id}.pdf",
            "guest": self._get_guest_url(),
        }
        return {
            "doctype": Markup("<!DOCTYPE html>"),
            "title": self.env._("Guard post"),
            "locale": locale,
            # no "<" in it: safe inside of a script element
            "data": content and Markup(scriptsafe.dumps(content)),
        }

    @api.model
    def _prepare_sites(self, sites):
        several = len(sites.school_id) > 1
        return [
            {
                "id": site.id,
                "name": f"{site.school_id.short_name}, {site.name}"
                if several
                else site.name,
            }
            for site in sites
        ]

    @api.model
    def _prepare_points(self, site):
        # sudo: the site was checked
        points = self.env["access.point"].sudo().search([("site_id", "=", site.id)])
        return [{"id": point.id, "name": point.name} for point in points]

    @api.model
    def _get_labels(self):
        """Return {field: {code: words}} for what the feed sends as codes."""
        wanted = {
            "verdict": ("access.event", "verdict"),
            "anomaly": ("access.event", "anomaly"),
            "alarm": ("access.alarm", "kind"),
            "person": ("access.person", "kind"),
            "direction": ("access.event", "direction"),
        }
        return {
            name: dict(self.env[model]._fields[field]._description_selection(self.env))
            for name, (model, field) in wanted.items()
        }

    @api.model
    def _get_guest_url(self):
        action = self.env.ref(GUEST_ACTION, raise_if_not_found=False)
        return action and f"/odoo/action-{GUEST_ACTION}"

    # === PHOTOS === #

    @api.model
    def _get_photo_owner(self, person_id):
        """Return the `res.partner` (sudo) whose photo a post of the user may show, or
        none."""
        schools = self._get_sites().school_id
        # sudo: guards have no rights to students; only of the schools just checked
        person = self.env["access.person"].sudo().browse(person_id).exists()
        if person.school_id not in schools or not self._may_show_photo(person):
            # sudo: nobody: the caller reads the empty record as it does a full one
            return self.env["res.partner"].sudo()
        return person.student_id.partner_id or person.user_id.partner_id

    @api.model
    def _may_show_photo(self, person):
        """Hook: tell whether a photo may be shown at a post. Consents to photos are not
        recorded apart: of whom there is none, no photo is kept."""
        return bool(person)

    @api.model
    def _now_at(self, site):
        return self._clock(site, fields.Datetime.now())

    @api.model
    def _clock(self, site, moment):
        """Return the time of day at the site, as guards read it: 08:10:05."""
        calendar = self.env["school.calendar"]
        return calendar._local_datetime(site.school_id, moment).strftime("%H:%M:%S")
