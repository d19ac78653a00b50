"""A school entrance without hardware: controllers and students, the real protocol."""
