from odoo import api, models


class SchoolAccessLogMixin(models.AbstractModel):
    """Leaves a line in ``school.access.log`` when a person is shown restricted fields.

    What code reads for its own ends (sudo) is not shown to anybody. Lists without these
    columns cost nothing, a form costs one insert.
    """

    _name = "school.access.log.mixin"
    _description = "Reading of restricted fields is logged"

    def _read_format(self, fnames, load="_classic_read"):
        """Override of core: `read`, `search_read` and all screens answer through it."""
        result = super()._read_format(fnames, load)
        self._log_reading(fnames)
        return result

    @api.model
    def formatted_read_group(self, domain, groupby=(), aggregates=(), **options):
        """Override of core: the heading of a group is a value too."""
        self._log_grouping(domain, [*groupby, *aggregates])
        return super().formatted_read_group(domain, groupby, aggregates, **options)

    @api.model
    def formatted_read_grouping_sets(
        self, domain, grouping_sets, aggregates=(), **options
    ):
        """Override of core: see `formatted_read_group`."""
        self._log_grouping(domain, [*sum(map(list, grouping_sets), []), *aggregates])
        return super().formatted_read_grouping_sets(
            domain, grouping_sets, aggregates, **options
        )

    def read(self, fields=None, load="_classic_read"):
        return super().read(fields, load)

    def web_read(self, specification):
        return super().web_read(specification)

    @api.model
    def search_read(self, domain=None, fields=None, *args, **options):
        return super().search_read(domain, fields, *args, **options)

    @api.model
    def web_search_read(self, domain, specification, *args, **options):
        return super().web_search_read(domain, specification, *args, **options)

    # These write now, so the server must not give them a read-only cursor.
    read._readonly = web_read._readonly = False
    search_read._readonly = web_search_read._readonly = False
    formatted_read_group._readonly = formatted_read_grouping_sets._readonly = False

    def _get_restricted_names(self):
        """:return: set of names of fields; all of them have the same groups"""
        return set()

    def _get_logged_readings(self, shown):
        """:return: (students, kind) of a reading of these fields; called in sudo"""
        raise NotImplementedError

    def _log_grouping(self, domain, paths):
        """Record that the user was shown these fields of all that match a domain."""
        paths = [path.split(":")[0].split(".") for path in paths]
        if not self.env.su and any(self._is_restricted(path) for path in paths):
            self.search(domain)._log_paths(paths)

    def _is_restricted(self, path):
        """Tell whether a path leads over a field whose reading is logged."""
        model = self
        for name in path:
            if name in getattr(model, "_get_restricted_names", set)():
                return True
            field = model._fields.get(name)
            if field is None or not field.relational:
                return False
            model = self.env[field.comodel_name]
        return False

    def _log_reading(self, names):
        """Record that the user was shown these fields of the records of ``self``."""
        shown = self._get_restricted_names().intersection(names)
        records = self.filtered("id")
        if self.env.su or not shown or not records:
            return
        if not self._has_field_access(self._fields[min(shown)], "read"):
            return  # fields=None left these out
        # sudo: what was shown is clear, whose it was may be beyond the user's rights
        students, kind = records.sudo()._get_logged_readings(shown)
        self.env["school.access.log"]._note(students, kind)
