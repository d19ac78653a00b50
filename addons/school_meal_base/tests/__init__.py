from hypothesis import settings

# A busy machine is not a failure: examples are counted, not timed.
settings.register_profile("school_meal", deadline=None)
settings.load_profile("school_meal")

from . import test_doctests
from . import test_card_vectors
from . import test_card_life
from . import test_card_enrolment
from . import test_card_documents
from . import test_ledger
from . import test_ledger_constraints
from . import test_device_api
from . import test_client_bank_exchange
from . import test_money_text
from . import test_sber_registry
from . import test_roster_table
from . import test_roster_diff
from . import test_people_domain
from . import test_roster_import
from . import test_payment_registry
from . import test_account_office
from . import test_statement
from . import test_temporary_password
from . import test_chart_ru_school_meal
from . import test_meal_ledger_setup
from . import test_people_domain
from . import test_access_matrix
from . import test_people_access
from . import test_school_calendar
from . import test_students
from . import test_student_moves
from . import test_meal_posting
from . import test_meal_reconciliation
from . import test_meal_audit
from . import test_suspense
from . import test_bank_import
from . import test_payment_import_wizard
from . import test_database_objects
