"""Write one .pot per add-on.  Runs inside ``odoo shell``: ``env`` is given."""

import io
import pathlib

from odoo.tools.translate import trans_export

for module in ARGUMENTS["modules"]:
    buffer = io.BytesIO()
    trans_export(None, [module], buffer, "po", env)
    target = pathlib.Path(ARGUMENTS["folder"]) / f"{module}.pot"
    target.write_bytes(buffer.getvalue())
