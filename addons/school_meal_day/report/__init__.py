from . import requirement_pdf, requirement_xlsx
