"""Make Russian the language of the people who exist from the start."""
# Runs inside ``odoo shell``: ``env`` is given.

env["res.lang"]._activate_lang("ru_RU")
for user in env["res.users"].with_context(active_test=False).search([]):
    user.partner_id.lang = "ru_RU"
env["ir.default"].set("res.partner", "lang", "ru_RU")
env.cr.commit()
