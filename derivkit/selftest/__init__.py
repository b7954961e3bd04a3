"""Every row of the table, over its whole domain, by all routes."""
