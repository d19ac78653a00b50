from . import requirement_pdf, requirement_xlsx
from . import snapshot_sheet
