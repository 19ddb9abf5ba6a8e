"""The daily extract of CPR (P12170): fixed width, ISO-8859-1, one record per line or none."""
