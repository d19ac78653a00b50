from . import school_card_job
from . import school_card_operation
from . import school_card_print
from . import school_card_reader_learn
