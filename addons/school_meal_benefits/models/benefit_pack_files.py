import hashlib
import io
import json
import re
import zipfile

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..report import pack_pdf
from ..report.pack_blocks import Facts


class BenefitPack(models.Model):
    """The files of a pack: one PDF, and a ZIP with scans, meals and a manifest."""

    _inherit = "benefit.pack"

    def _get_data(self):
        """Return (PackData, children), read as superuser for who may make the pack."""
        self.ensure_one()
        self._check_may_make()
        if self.state != "done":
            raise UserError(
                self.env._("Press “Make the pack” first: files are of a made pack.")
            )
        self._check_school()
        # sudo: rights were checked; an auditor's file has what the asker's screens
        # leave out, save numbers (see PackData)
        pack = self.sudo()
        return pack.env["benefit.pack.sections"]._get_children(pack, self.env.user)

    def _render_pdf(self, found=None):
        """Return the bytes of the PDF."""
        _ = self.env._
        _data, children = found or self._get_data()
        return pack_pdf.render(
            self._get_cover(),
            children,
            title=_("Benefits: the auditor's pack"),
            header=self.display_name,
            footer=f"{self.date_from:%d.%m.%Y} – {self.date_to:%d.%m.%Y}",
            contents=_("Contents"),
        )

    def _get_cover(self):
        _ = self.env._
        pack = self.sudo()  # sudo: names on the cover, rights were checked
        pairs = [
            (_("Municipality"), pack.company_id.name),
            (_("School"), pack.school_id.name or _("all schools")),
            (_("Category"), pack.category_id.name or _("any")),
            (_("Period"), f"{pack.date_from:%d.%m.%Y} – {pack.date_to:%d.%m.%Y}"),
            (_("Children"), pack.student_count),
        ]
        if pack.way == "sample":
            pairs += [
                (_("Drawn from"), _("%s recipients", pack.population)),
                (_("Seed of the draw"), pack.seed),
                (_("Digest of the recipients"), pack.population_digest),
            ]
        pairs += [
            (_("Made by"), pack.user_id.name),
            (_("Made at"), format_datetime(self.env, pack.made_at)),
        ]
        return Facts(tuple(pairs))

    def _render_zip(self):
        """Return the bytes of the ZIP; the manifest has the SHA-256 of each file."""
        found = self._get_data()
        data, _children = found
        sections = data.env["benefit.pack.sections"]
        files = {
            "pack.pdf": self._render_pdf(found),
            "meals.csv": sections._get_meal_csv(data),
            "meals.xlsx": sections._get_meal_workbook(data),
            "pack.json": self._get_json(data),
            **self._get_scans(data),
        }
        manifest = "".join(
            f"{hashlib.sha256(content).hexdigest()}  {name}\n"
            for name, content in sorted(files.items())
        )
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
            archive.writestr("MANIFEST.sha256", manifest)
        return stream.getvalue()

    def _get_json(self, data):
        """Return how the sample came about, so that it can be drawn again."""
        pack = data.pack
        content = {
            "pack": pack.id,
            "school": pack.school_id.code or None,
            "category": pack.category_id.code or None,
            "date_from": str(pack.date_from),
            "date_to": str(pack.date_to),
            "seed": pack.seed if pack.way == "sample" else None,
            "population": pack.population,
            "population_sha256": pack.population_digest or None,
            "students": data.students.ids,
            "made_at": str(pack.made_at),
        }
        return json.dumps(content, indent=1).encode()

    def _get_scans(self, data):
        """Return {path: content} of the scans, a folder for each child."""
        numbers = {student: at for at, student in enumerate(data.students, 1)}
        papers = data.group("benefit.application", order="submitted_on, id")
        files = {}
        for student, applications in papers.items():
            for row in applications.document_ids:
                for scan in row.attachment_ids:
                    folder = f"scans/{numbers[student]:03}"
                    kind = re.sub(r"[^\w.-]+", "_", row.requirement_id.code)
                    name = re.sub(r"[^\w.-]+", "_", scan.name or "scan")
                    path = (
                        f"{folder}/{row.application_id.number}-{kind}-{scan.id}-{name}"
                    )
                    files[path] = scan.raw or b""
        return files
