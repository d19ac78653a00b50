# egisso
from . import egisso_protocol_load
from . import egisso_fact_change
from . import benefit_refusal
from . import benefit_supersession
from . import benefit_withdrawal
from . import benefit_journal_print
from . import compensation_bank_answer
from . import compensation_return
from . import compensation_settlement
from . import meal_ledger_setup

# entitlements, campaign
from . import benefit_end_record
from . import benefit_end_revoke
from . import benefit_register
from . import benefit_timesheet
