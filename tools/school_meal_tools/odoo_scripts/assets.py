"""Build the asset bundles once, in the template, instead of in every clone."""
# Runs inside ``odoo shell``: ``env`` is given.

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
