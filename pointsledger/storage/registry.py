"""The private registry that our tables stand on, so that a host's own metadata stays clean."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

PREFIX = "points_"

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class PointsTable(SQLModel, registry=registry(metadata=METADATA)):
    """The common ground of all tables: the private registry."""
