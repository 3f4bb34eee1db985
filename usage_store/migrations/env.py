"""Alembic's entry: runs the migrations on the connection that `usage_store.migrate` holds."""

from alembic import context

from usage_store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
