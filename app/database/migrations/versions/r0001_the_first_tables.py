"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "profile_accesses",
        sa.Column("access_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=30), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("access_id", name=op.f("pk_profile_accesses")),
    )
    with op.batch_alter_table("profile_accesses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_profile_accesses_customer_id_access_id"), ["customer_id", "access_id"], unique=False
        )

    op.create_table(
        "profile_consents",
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_profile_consents")),
    )
    with op.batch_alter_table("profile_consents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_profile_consents_customer_id_consent_id"), ["customer_id", "consent_id"], unique=False
        )

    op.create_table(
        "profile_notes",
        sa.Column("note_id", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_profile_notes")),
    )
    with op.batch_alter_table("profile_notes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_profile_notes_customer_id_created_at"), ["customer_id", "created_at"], unique=False
        )

    op.create_table(
        "profile_preferences",
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_profile_preferences")),
    )
    op.create_table(
        "shop_customers",
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_key", sa.Text(), nullable=True),
        sa.Column("postcode_key", sa.Text(), nullable=True),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_shop_customers")),
    )
    with op.batch_alter_table("shop_customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_customers_email_key"), ["email_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_shop_customers_name_key"), ["name_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_shop_customers_phone_key"), ["phone_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_shop_customers_postcode_key"), ["postcode_key"], unique=False)

    op.create_table(
        "shop_items",
        sa.Column("sku", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_shop_items")),
    )
    with op.batch_alter_table("shop_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_items_product_id"), ["product_id"], unique=False)

    op.create_table(
        "shop_orders",
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipping_cents", sa.Integer(), nullable=False),
        sa.Column("discount_cents", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop_customers.customer_id"], name=op.f("fk_shop_orders_customer_id_shop_customers")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_shop_orders")),
    )
    with op.batch_alter_table("shop_orders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shop_orders_customer_id_placed_at"), ["customer_id", "placed_at"], unique=False
        )

    op.create_table(
        "shop_payment_methods",
        sa.Column("customer_id", sa.String(length=100), nullable=False),
        sa.Column("method_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("balance_cents", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop_customers.customer_id"],
            name=op.f("fk_shop_payment_methods_customer_id_shop_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "method_id", name=op.f("pk_shop_payment_methods")),
    )
    op.create_table(
        "shop_cases",
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("line_ids", sa.JSON(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("method_id", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.order_id"], name=op.f("fk_shop_cases_order_id_shop_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_shop_cases")),
    )
    with op.batch_alter_table("shop_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_cases_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_changes",
        sa.Column("change_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["shop_orders.order_id"],
            name=op.f("fk_shop_changes_order_id_shop_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_shop_changes")),
    )
    with op.batch_alter_table("shop_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_changes_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_order_lines",
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("line_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["shop_orders.order_id"],
            name=op.f("fk_shop_order_lines_order_id_shop_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", "line_id", name=op.f("pk_shop_order_lines")),
    )
    op.create_table(
        "shop_payments",
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("method_id", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["shop_orders.order_id"],
            name=op.f("fk_shop_payments_order_id_shop_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_shop_payments")),
    )
    with op.batch_alter_table("shop_payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_payments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_shipments",
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("tracking_number", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("line_ids", sa.JSON(), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["shop_orders.order_id"],
            name=op.f("fk_shop_shipments_order_id_shop_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", "tracking_number", name=op.f("pk_shop_shipments")),
    )
    with op.batch_alter_table("shop_shipments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_shipments_tracking_number"), ["tracking_number"], unique=False)

    op.create_table(
        "shop_shipment_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("tracking_number", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id", "tracking_number"],
            ["shop_shipments.order_id", "shop_shipments.tracking_number"],
            name="fk_shop_shipment_events_shipment",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_shop_shipment_events")),
    )
    with op.batch_alter_table("shop_shipment_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shop_shipment_events_order_id_tracking_number"),
            ["order_id", "tracking_number"],
            unique=False,
        )


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("shop_shipment_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_shipment_events_order_id_tracking_number"))

    op.drop_table("shop_shipment_events")
    with op.batch_alter_table("shop_shipments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_shipments_tracking_number"))

    op.drop_table("shop_shipments")
    with op.batch_alter_table("shop_payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_payments_order_id"))

    op.drop_table("shop_payments")
    op.drop_table("shop_order_lines")
    with op.batch_alter_table("shop_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_changes_order_id"))

    op.drop_table("shop_changes")
    with op.batch_alter_table("shop_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_cases_order_id"))

    op.drop_table("shop_cases")
    op.drop_table("shop_payment_methods")
    with op.batch_alter_table("shop_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_orders_customer_id_placed_at"))

    op.drop_table("shop_orders")
    with op.batch_alter_table("shop_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_items_product_id"))

    op.drop_table("shop_items")
    with op.batch_alter_table("shop_customers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_customers_postcode_key"))
        batch_op.drop_index(batch_op.f("ix_shop_customers_phone_key"))
        batch_op.drop_index(batch_op.f("ix_shop_customers_name_key"))
        batch_op.drop_index(batch_op.f("ix_shop_customers_email_key"))

    op.drop_table("shop_customers")
    op.drop_table("profile_preferences")
    with op.batch_alter_table("profile_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_notes_customer_id_created_at"))

    op.drop_table("profile_notes")
    with op.batch_alter_table("profile_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_consents_customer_id_consent_id"))

    op.drop_table("profile_consents")
    with op.batch_alter_table("profile_accesses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_accesses_customer_id_access_id"))

    op.drop_table("profile_accesses")
