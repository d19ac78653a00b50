"""Formats and rules that the server and the school share; no input, no output."""
