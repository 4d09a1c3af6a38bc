"""A synthetic regency, and the real form as a workbook."""
