"""Prefect's own pages, behind the portal's login."""
