"""The reference tables that Bappeda owns, and the calendar."""
