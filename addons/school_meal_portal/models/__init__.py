from . import meal_portal_guard  # first: others inherit from it
from . import ir_http
from . import meal_account
from . import meal_login_failure
from . import meal_terms
from . import meal_terms_acceptance
from . import res_company
from . import res_users
from . import school_card
from . import school_class
from . import school_guardian
from . import school_school
from . import school_student
