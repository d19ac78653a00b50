from . import access_matrix
from . import test_decision_table
from . import test_benefit_audit
from . import test_benefit_logs
from . import test_doctests
from . import test_rule_properties

# entitlements, campaign
from . import test_entitlement_dates
from . import test_entitlement_orders
from . import test_egisso_domain
from . import test_regulation_data
from . import test_regulation_versions
from . import test_entitlement_ends
from . import test_egisso_exchange
from . import test_egisso_facts
from . import test_egisso_packages
from . import test_entitlement_ends
from . import test_entitlement_campaign
from . import test_entitlement_screens
from . import test_compensation_domain
from . import test_compensation_month
from . import test_compensation_payment
from . import test_milk
from . import test_application
from . import test_application_documents
from . import test_benefit_order
from . import test_benefit_decision
