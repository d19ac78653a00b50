"""Generate the demo and tell who may log in.

Runs inside ``odoo shell``: ``env`` is given.
"""

import json
import pathlib

if "meal.demo" in env:
    demo = env(context=dict(env.context, lang="ru_RU"))["meal.demo"]
    if ARGUMENTS["generate"]:
        demo._generate()
    logins = demo._logins()
else:
    logins = [
        {
            "role": "administrator",
            "purpose": "everything",
            "login": "admin",
            "password": "admin",
            "path": "/odoo",
        }
    ]
env.cr.commit()
pathlib.Path(ARGUMENTS["logins"]).write_text(
    json.dumps(logins, ensure_ascii=False, indent=1), encoding="utf-8"
)
