"""Numbers of the family's pages."""

#: Days of passages on a page; older ones are asked for.
DAYS_AT_ONCE = 14
#: Codes to connect Telegram that a person may ask for in an hour.
CODES_PER_HOUR = 5
#: Permissions to leave early that a person may give in an hour.
LEAVES_PER_HOUR = 10
REASON_LENGTH = 120
#: A permission opens a little earlier than the parent says, and for how long after.
LEAVE_EARLY_MINUTES = 10
LEAVE_LATE_MINUTES = 120
