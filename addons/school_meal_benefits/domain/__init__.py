"""Pure rules of the benefits: no database, doctested."""
