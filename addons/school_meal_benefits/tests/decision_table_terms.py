"""Decision table, terms: items 6, 10, 11, 12, 25, 27, 42 over the calendars 2024-2027.

Every expected day was counted by hand on the production calendars of these years.
"""

# (item, rule, arguments, expected, why); days are ISO dates
TERMS = [
    # item 11: the journal, one working day
    ("11", "register", "2026-09-01", "2026-09-02", "a weekday"),
    ("11", "register", "2026-09-04", "2026-09-07", "over a weekend"),
    ("11", "register", "2026-09-06", "2026-09-07", "came on a Sunday"),
    ("11", "register", "2023-12-29", "2024-01-09", "New Year 2024"),
    ("11", "register", "2024-12-28", "2025-01-09", "from a working Saturday"),
    ("11", "register", "2025-12-30", "2026-01-12", "31.12 and 9.01 off in 2026"),
    ("11", "register", "2026-12-30", "2027-01-11", "New Year 2027"),
    ("11", "register", "2024-02-22", "2024-02-26", "23 February on a Friday"),
    ("11", "register", "2024-02-28", "2024-02-29", "leap day"),
    ("11", "register", "2024-02-29", "2024-03-01", "after the leap day"),
    ("11", "register", "2026-03-06", "2026-03-10", "9 March instead of Sunday"),
    ("11", "register", "2024-04-26", "2024-04-27", "working Saturday 27.04.2024"),
    ("11", "register", "2024-04-27", "2024-05-02", "29 and 30 April 2024 off"),
    ("11", "register", "2024-05-08", "2024-05-13", "10 May 2024 off"),
    ("11", "register", "2025-04-30", "2025-05-05", "2 May 2025 off"),
    ("11", "register", "2025-05-07", "2025-05-12", "8 May 2025 off"),
    ("11", "register", "2026-05-08", "2026-05-12", "11 May 2026 off"),
    ("11", "register", "2027-04-30", "2027-05-04", "3 May 2027 off"),
    ("11", "register", "2025-06-11", "2025-06-16", "13 June 2025 off"),
    ("11", "register", "2024-11-01", "2024-11-02", "working Saturday 2.11.2024"),
    ("11", "register", "2024-11-02", "2024-11-05", "4 November on a Monday"),
    ("11", "register", "2025-10-31", "2025-11-01", "working Saturday 1.11.2025"),
    ("11", "register", "2025-11-01", "2025-11-05", "3 November 2025 off"),
    ("11", "register", "2026-11-03", "2026-11-05", "4 November in the week"),
    ("11", "register", "2027-02-19", "2027-02-20", "working Saturday 20.02.2027"),
    ("11", "register", "2027-02-20", "2027-02-24", "22 February 2027 off"),
    # item 10: considered on the working day after
    ("10", "review", "2026-09-04", "2026-09-07", "over a weekend"),
    ("10", "review", "2027-11-03", "2027-11-08", "5 November 2027 off"),
    # items 6 and 12: decision and order, two working days
    ("6", "decide", "2026-09-01", "2026-09-03", "weekdays"),
    ("12", "decide", "2026-09-04", "2026-09-08", "over a weekend"),
    ("6", "decide", "2023-12-28", "2024-01-09", "one day before, one after New Year"),
    ("12", "decide", "2024-12-27", "2025-01-09", "working Saturday, then New Year"),
    ("6", "decide", "2026-12-29", "2027-01-11", "31.12.2026 off"),
    ("12", "decide", "2026-04-30", "2026-05-05", "1 May on a Friday"),
    ("6", "decide", "2026-05-07", "2026-05-12", "11 May off"),
    ("12", "decide", "2027-02-18", "2027-02-20", "ends on a working Saturday"),
    ("6", "decide", "2024-02-27", "2024-02-29", "ends on the leap day"),
    ("6", "decide", ("2026-09-01", "2026-09-10"), "2026-09-14", "answer came later"),
    ("31", "decide", ("2026-04-29", "2026-05-08"), "2026-05-13", "answer before 9 May"),
    ("41", "decide", ("2026-09-10", "2026-09-01"), "2026-09-14", "answer before it"),
    # item 10: notice of refusal, two working days
    ("10", "notify", "2026-06-11", "2026-06-16", "12 June on a Friday"),
    ("10", "notify", "2024-04-26", "2024-05-02", "working Saturday, then four off"),
    ("10", "notify", "2025-10-31", "2025-11-05", "working Saturday, then three off"),
    # item 42: five calendar days, the last one moved to a working day
    ("42", "report", "2026-10-01", "2026-10-06", "weekdays"),
    ("42", "report", "2026-09-07", "2026-09-14", "the fifth day is a Saturday"),
    ("42", "report", "2026-12-27", "2027-01-11", "the fifth day is 1 January"),
    ("42", "report", "2024-02-24", "2024-02-29", "the fifth day is the leap day"),
    ("42", "report", "2024-04-22", "2024-04-27", "a Saturday on which one works"),
    # item 25: thirty calendar days from the start of remote learning
    ("25", "remote", "2026-09-01", "2026-10-01", "September has thirty days"),
    ("25", "remote", "2024-01-30", "2024-02-29", "leap day"),
    ("25", "remote", "2023-01-30", "2023-03-01", "no leap day"),
    ("25", "remote", "2026-12-02", "2027-01-11", "ends on 1 January"),
    ("25", "remote", "2026-04-01", "2026-05-04", "ends on 1 May"),
    # item 27: paid by the 20th of the next month, not before the decision's next month
    ("27", "pay", "2026-09-30", "2026-10-20", "weekday"),
    ("27", "pay", "2026-11-02", "2026-12-18", "the 20th is a Sunday"),
    ("27", "pay", "2026-12-28", "2027-01-20", "over the year's end"),
    ("27", "pay", "2027-01-11", "2027-02-20", "the 20th is a working Saturday"),
    ("27", "pay", "2023-12-01", "2024-01-19", "the 20th is a Saturday"),
    ("27", "pay", ("2026-09-01", "2026-09-02"), "2026-10-20", "decision that month"),
    ("27", "pay", ("2026-09-01", "2026-10-05"), "2026-11-20", "decision a month later"),
    ("27", "pay", ("2026-09-01", "2026-12-31"), "2027-01-20", "decision in December"),
]

# (item, today, last day, done on or None, state, working days left)
STATES = [
    ("11", "2026-09-01", "2026-09-02", None, "soon", 1),
    ("6", "2026-09-01", "2026-09-03", None, "open", 2),
    ("6", "2026-09-03", "2026-09-03", None, "today", 0),
    ("6", "2026-09-04", "2026-09-03", None, "overdue", -1),
    ("6", "2026-12-30", "2027-01-11", None, "soon", 1),
    ("6", "2027-01-02", "2027-01-11", None, "soon", 1),
    ("6", "2026-09-05", "2026-09-04", None, "overdue", 0),
    ("6", "2026-09-30", "2026-09-03", "2026-09-03", "done", -19),
    ("6", "2026-09-30", "2026-09-03", "2026-09-04", "done_late", -19),
    ("10", "2024-04-26", "2024-05-02", None, "open", 2),
]
