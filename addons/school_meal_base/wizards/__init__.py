from . import meal_payment_import
from . import meal_suspense_resolve
from . import meal_suspense_suggestion
