"""Generate the demo and tell who may log in, and who comes to its doors.

Runs inside ``odoo shell``: ``env`` is given.
"""

import json
import pathlib

if "meal.demo" in env:
    demo = env(context=dict(env.context, lang="ru_RU"))["meal.demo"]
    if ARGUMENTS["generate"]:
        demo._generate()
    logins, entrance = demo._logins(), demo._get_entrance()
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
    entrance = {}
env.cr.commit()
pathlib.Path(ARGUMENTS["logins"]).write_text(
    json.dumps(logins, ensure_ascii=False, indent=1), encoding="utf-8"
)
entrance_file = pathlib.Path(ARGUMENTS["entrance"])
entrance_file.touch(mode=0o600)
entrance_file.write_text(json.dumps(entrance), encoding="utf-8")
