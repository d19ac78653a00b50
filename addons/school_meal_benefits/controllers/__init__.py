from . import benefit_documents
from . import benefit_parent_api
from . import compensation
from . import audit
from . import scan
from . import campaign
from . import egisso
