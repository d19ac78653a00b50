def in_language_of(records, company):
    """Return records in the language of a municipality.

    For texts that are stored: parents and auditors read them, whoever acts and
    whatever job runs.
    """
    # sudo: the language of a municipality is no secret
    lang = company.sudo().partner_id.lang
    return records.with_context(lang=lang) if lang else records
