"""The composition root: settings, URLs, Celery. Nothing imports from here but Django itself."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
