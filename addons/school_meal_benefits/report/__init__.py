from . import benefit_journal_forms
from . import benefit_letters
from . import benefit_order_pdf
from . import benefit_sheet_pdf
from . import compensation_pdf
from . import compensation_xlsx
from . import milk_pdf
