"""Numbers and codes of the portal."""

#: Failed sign-ins with one login after which it is locked, and for how long.
#: Both can be changed in the system parameters of the same name.
PARAM_LOCK_AFTER = "school_meal_portal.lock_after"
PARAM_LOCK_MINUTES = "school_meal_portal.lock_minutes"
LOCK_AFTER = 5
LOCK_MINUTES = 15

#: Failures from one network within an hour after which it waits too, whatever the
#: logins: a password tried on a whole school. Generous: a school, and a mobile
#: operator, have one address for many families. 0 is no limit.
PARAM_SOURCE_LOCK_AFTER = "school_meal_portal.source_lock_after"
SOURCE_LOCK_AFTER = 100

#: Cookie of a browser in which a login was used with success, and its life.
DEVICE_COOKIE = "meal_device"
DEVICE_DAYS = 180

#: Failures this old (in hours) no longer count.
FAILURE_MEMORY_HOURS = 24

# What must be done before anything else after signing in.
DUTY_PASSWORD = "password"
DUTY_TERMS = "terms"

FIRST_LOGIN_URL = "/my/first-login"
CHILDREN_URL = "/my/children"
RECOVERY_EMAIL_URL = "/my/recovery-email"

#: Letters one person may have sent: confirmations of an e-mail, invitations.
LETTERS_PER_HOUR = 5
RECOVERY_LINK_HOURS = 24

#: What somebody with duties may still open.
OPEN_URLS = (FIRST_LOGIN_URL, "/my/terms", "/web/session/logout", "/web/login")
