# egisso
from . import egisso_protocol_load
from . import egisso_fact_change
