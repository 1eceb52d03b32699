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
        "action_claims",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_action_claims")),
    )
    op.create_table(
        "action_log",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.String(length=32), nullable=True),
        sa.Column("idempotency_key", sa.String(length=200), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.String(length=200), nullable=True),
        sa.Column("conversation_id", sa.String(length=200), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("arguments_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("rules_sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_action_log")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_action_log_entry_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_action_log_idempotency_key")),
    )
    with op.batch_alter_table("action_log", schema=None) as batch_op:
        batch_op.create_index("ix_action_log_at", ["at"], unique=False)
        batch_op.create_index("ix_action_log_conversation_id_at", ["conversation_id", "at"], unique=False)
        batch_op.create_index("ix_action_log_customer_id_at", ["customer_id", "at"], unique=False)
        batch_op.create_index("ix_action_log_subject_at", ["subject", "at"], unique=False)

    op.create_table(
        "agent_edits",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("edit_id", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.String(length=100), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=True),
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("suggested", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_agent_edits")),
        sa.UniqueConstraint("edit_id", name=op.f("uq_agent_edits_edit_id")),
    )
    with op.batch_alter_table("agent_edits", schema=None) as batch_op:
        batch_op.create_index("ix_agent_edits_receipt_id", ["receipt_id"], unique=False)

    op.create_table(
        "behaviour_events",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=100), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.String(length=100), nullable=False),
        sa.Column("item_id", sa.String(length=100), nullable=True),
        sa.Column("sku", sa.String(length=100), nullable=True),
        sa.Column("query", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.String(length=100), nullable=True),
        sa.Column("recommendation_id", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_behaviour_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_behaviour_events_event_id")),
    )
    with op.batch_alter_table("behaviour_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_behaviour_events_event_at"), ["event", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_behaviour_events_user_id_at"), ["user_id", "at"], unique=False)

    op.create_table(
        "conversation_turns",
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_turns")),
    )
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("customer_id", sa.String(length=100), nullable=True),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conversations_changed_at_conversation_id"), ["changed_at", "conversation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_conversations_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conversations_status_changed_at"), ["status", "changed_at"], unique=False)

    op.create_table(
        "copies",
        sa.Column("copy_id", sa.String(length=32), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("violations", sa.JSON(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("like", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("copy_id", name=op.f("pk_copies")),
    )
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.create_index("ix_copies_product_id_channel", ["product_id", "channel"], unique=False)
        batch_op.create_index("ix_copies_state_created_at", ["state", "created_at"], unique=False)

    op.create_table(
        "delivery_plans",
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("area", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_delivery_plans")),
        sa.UniqueConstraint("day", "area", name="uq_delivery_plans_day_area"),
    )
    op.create_table(
        "experiments",
        sa.Column("experiment_id", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("layer", sa.String(length=60), nullable=False),
        sa.Column("first_slot", sa.Integer(), nullable=False),
        sa.Column("behind_slot", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.String(length=100), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("experiment_id", name=op.f("pk_experiments")),
    )
    with op.batch_alter_table("experiments", schema=None) as batch_op:
        batch_op.create_index("ix_experiments_status", ["status"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("feedback_id", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.String(length=100), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=True),
        sa.Column("rating", sa.String(length=8), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column("caller", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_feedback")),
        sa.UniqueConstraint("feedback_id", name=op.f("uq_feedback_feedback_id")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("ix_feedback_conversation_id", ["conversation_id"], unique=False)
        batch_op.create_index("ix_feedback_receipt_id", ["receipt_id"], unique=False)

    op.create_table(
        "gaps",
        sa.Column("gap_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("label_zh", sa.Text(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("conversations", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("found_at", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.String(length=32), nullable=True),
        sa.Column("effect", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("gap_id", name=op.f("pk_gaps")),
    )
    with op.batch_alter_table("gaps", schema=None) as batch_op:
        batch_op.create_index("ix_gaps_state", ["state"], unique=False)

    op.create_table(
        "handoff_canned",
        sa.Column("shortcut", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("shortcut", name=op.f("pk_handoff_canned")),
    )
    op.create_table(
        "handoff_events",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("agent", sa.String(length=100), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_handoff_events")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("handoff_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_handoff_events_conversation_id_number"), ["conversation_id", "number"], unique=False
        )

    op.create_table(
        "handoff_policies",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_handoff_policies")),
    )
    op.create_table(
        "handoff_presence",
        sa.Column("agent", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_handoff_presence")),
    )
    op.create_table(
        "handoff_tickets",
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("is_for_supervisor", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=100), nullable=True),
        sa.Column("agent", sa.String(length=100), nullable=True),
        sa.Column("last_agent", sa.String(length=100), nullable=True),
        sa.Column("avoids", sa.String(length=100), nullable=True),
        sa.Column("packet", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("preview", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("hand_overs", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_handoff_tickets")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_handoff_tickets_conversation_id")),
    )
    with op.batch_alter_table("handoff_tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoff_tickets_agent_state"), ["agent", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_handoff_tickets_changed_at_ticket_id"), ["changed_at", "ticket_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_handoff_tickets_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_handoff_tickets_state_priority_waiting_since"),
            ["state", "priority", "waiting_since"],
            unique=False,
        )

    op.create_table(
        "model_candidates",
        sa.Column("candidate_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lineage", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_model_candidates")),
    )
    with op.batch_alter_table("model_candidates", schema=None) as batch_op:
        batch_op.create_index("ix_model_candidates_kind", ["kind", "submitted_at"], unique=False)

    op.create_table(
        "model_moves",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=32), nullable=True),
        sa.Column("move", sa.String(length=24), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_model_moves")),
    )
    with op.batch_alter_table("model_moves", schema=None) as batch_op:
        batch_op.create_index("ix_model_moves_candidate_id", ["candidate_id", "number"], unique=False)
        batch_op.create_index("ix_model_moves_kind", ["kind", "number"], unique=False)

    op.create_table(
        "model_pins",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("canary_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=32), nullable=True),
        sa.Column("is_canary", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "conversation_id", name=op.f("pk_model_pins")),
    )
    with op.batch_alter_table("model_pins", schema=None) as batch_op:
        batch_op.create_index("ix_model_pins_canary_id", ["canary_id", "is_canary"], unique=False)

    op.create_table(
        "model_serving",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.String(length=32), nullable=True),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("canary_id", sa.String(length=32), nullable=True),
        sa.Column("canary_share", sa.Float(), nullable=True),
        sa.Column("canary_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("canary_spent", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_model_serving")),
    )
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
        "question_vectors",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_question_vectors")),
    )
    op.create_table(
        "recommendation_lists",
        sa.Column("recommendation_id", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("placement", sa.String(length=60), nullable=False),
        sa.Column("experiment", sa.String(length=60), nullable=False),
        sa.Column("arm", sa.String(length=60), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("recommendation_id", name=op.f("pk_recommendation_lists")),
    )
    with op.batch_alter_table("recommendation_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_lists_placement_at"), ["placement", "at"], unique=False)

    op.create_table(
        "service_events",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=True),
        sa.Column("customer_id", sa.String(length=100), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("intent", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_service_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_service_events_event_id")),
    )
    with op.batch_alter_table("service_events", schema=None) as batch_op:
        batch_op.create_index("ix_service_events_at", ["at"], unique=False)
        batch_op.create_index("ix_service_events_conversation_id", ["conversation_id"], unique=False)
        batch_op.create_index("ix_service_events_customer_id", ["customer_id", "at"], unique=False)
        batch_op.create_index("ix_service_events_kind_at", ["kind", "at"], unique=False)
        batch_op.create_index("ix_service_events_receipt_id", ["receipt_id"], unique=False)

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
        "stock_reports",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_stock_reports")),
    )
    op.create_table(
        "surveys",
        sa.Column("survey_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.String(length=100), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_surveys_conversation_id")),
    )
    with op.batch_alter_table("surveys", schema=None) as batch_op:
        batch_op.create_index("ix_surveys_customer_id", ["customer_id", "asked_at"], unique=False)

    op.create_table(
        "warehouse_note_reviews",
        sa.Column("review_id", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("now", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("constraints", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_warehouse_note_reviews")),
    )
    with op.batch_alter_table("warehouse_note_reviews", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_warehouse_note_reviews_state_created_at"), ["state", "created_at"], unique=False
        )

    op.create_table(
        "webhook_attempts",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_webhook_attempts")),
    )
    with op.batch_alter_table("webhook_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webhook_attempts_delivery_id_number"), ["delivery_id", "number"], unique=False
        )

    op.create_table(
        "webhook_deliveries",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(length=60), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_webhook_deliveries_delivery_id")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webhook_deliveries_endpoint_id_number"), ["endpoint_id", "number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_state_next_at"), ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_subject"), ["subject"], unique=False)

    op.create_table(
        "webhook_endpoints",
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "conversation_labels",
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_conversation_labels_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "label", name=op.f("pk_conversation_labels")),
    )
    with op.batch_alter_table("conversation_labels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_labels_label"), ["label"], unique=False)

    op.create_table(
        "conversation_messages",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("conversation_id", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("receipt_id", sa.String(length=100), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.conversation_id"],
            name=op.f("fk_conversation_messages_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_conversation_messages")),
        sa.UniqueConstraint("message_id", name=op.f("uq_conversation_messages_message_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("conversation_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_messages_author_role"), ["author", "role"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_conversation_messages_conversation_id_number"), ["conversation_id", "number"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conversation_messages_conversation_id_request_id"),
            ["conversation_id", "request_id"],
            unique=False,
        )

    op.create_table(
        "copy_exposures",
        sa.Column("copy_id", sa.String(length=32), nullable=False),
        sa.Column("exposure_id", sa.String(length=100), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["copies.copy_id"], name=op.f("fk_copy_exposures_copy_id_copies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("copy_id", "exposure_id", name=op.f("pk_copy_exposures")),
    )
    op.create_table(
        "copy_steps",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("copy_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["copies.copy_id"], name=op.f("fk_copy_steps_copy_id_copies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_copy_steps")),
    )
    with op.batch_alter_table("copy_steps", schema=None) as batch_op:
        batch_op.create_index("ix_copy_steps_copy_id", ["copy_id"], unique=False)

    op.create_table(
        "delivery_changes",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("news", sa.JSON(), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["delivery_plans.plan_id"],
            name=op.f("fk_delivery_changes_plan_id_delivery_plans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_delivery_changes")),
    )
    with op.batch_alter_table("delivery_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_changes_plan_id_change_id"), ["plan_id", "change_id"], unique=False
        )

    op.create_table(
        "delivery_parcels",
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("stop_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("tracking_number", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["delivery_plans.plan_id"],
            name=op.f("fk_delivery_parcels_plan_id_delivery_plans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "stop_id", name=op.f("pk_delivery_parcels")),
    )
    with op.batch_alter_table("delivery_parcels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_parcels_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_parcels_tracking_number"), ["tracking_number"], unique=False)

    op.create_table(
        "experiment_looks",
        sa.Column("experiment_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiments.experiment_id"],
            name=op.f("fk_experiment_looks_experiment_id_experiments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "number", name=op.f("pk_experiment_looks")),
    )
    op.create_table(
        "gap_questions",
        sa.Column("gap_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["gap_id"], ["gaps.gap_id"], name=op.f("fk_gap_questions_gap_id_gaps"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gap_id", "event_id", name=op.f("pk_gap_questions")),
    )
    op.create_table(
        "gap_steps",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("gap_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.gap_id"], name=op.f("fk_gap_steps_gap_id_gaps"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gap_steps")),
    )
    with op.batch_alter_table("gap_steps", schema=None) as batch_op:
        batch_op.create_index("ix_gap_steps_gap_id", ["gap_id"], unique=False)

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
        "stock_forecasts",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["stock_reports.report_id"],
            name=op.f("fk_stock_forecasts_report_id_stock_reports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("report_id", "sku", name=op.f("pk_stock_forecasts")),
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
    op.drop_table("stock_forecasts")
    op.drop_table("shop_payment_methods")
    with op.batch_alter_table("shop_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_orders_customer_id_placed_at"))

    op.drop_table("shop_orders")
    with op.batch_alter_table("gap_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_gap_steps_gap_id")

    op.drop_table("gap_steps")
    op.drop_table("gap_questions")
    op.drop_table("experiment_looks")
    with op.batch_alter_table("delivery_parcels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_parcels_tracking_number"))
        batch_op.drop_index(batch_op.f("ix_delivery_parcels_order_id"))

    op.drop_table("delivery_parcels")
    with op.batch_alter_table("delivery_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_changes_plan_id_change_id"))

    op.drop_table("delivery_changes")
    with op.batch_alter_table("copy_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_copy_steps_copy_id")

    op.drop_table("copy_steps")
    op.drop_table("copy_exposures")
    with op.batch_alter_table("conversation_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_messages_conversation_id_request_id"))
        batch_op.drop_index(batch_op.f("ix_conversation_messages_conversation_id_number"))
        batch_op.drop_index(batch_op.f("ix_conversation_messages_author_role"))

    op.drop_table("conversation_messages")
    with op.batch_alter_table("conversation_labels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_labels_label"))

    op.drop_table("conversation_labels")
    op.drop_table("webhook_endpoints")
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_subject"))
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_state_next_at"))
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_endpoint_id_number"))

    op.drop_table("webhook_deliveries")
    with op.batch_alter_table("webhook_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_attempts_delivery_id_number"))

    op.drop_table("webhook_attempts")
    with op.batch_alter_table("warehouse_note_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_warehouse_note_reviews_state_created_at"))

    op.drop_table("warehouse_note_reviews")
    with op.batch_alter_table("surveys", schema=None) as batch_op:
        batch_op.drop_index("ix_surveys_customer_id")

    op.drop_table("surveys")
    op.drop_table("stock_reports")
    with op.batch_alter_table("shop_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_items_product_id"))

    op.drop_table("shop_items")
    with op.batch_alter_table("shop_customers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_customers_postcode_key"))
        batch_op.drop_index(batch_op.f("ix_shop_customers_phone_key"))
        batch_op.drop_index(batch_op.f("ix_shop_customers_name_key"))
        batch_op.drop_index(batch_op.f("ix_shop_customers_email_key"))

    op.drop_table("shop_customers")
    with op.batch_alter_table("service_events", schema=None) as batch_op:
        batch_op.drop_index("ix_service_events_receipt_id")
        batch_op.drop_index("ix_service_events_kind_at")
        batch_op.drop_index("ix_service_events_customer_id")
        batch_op.drop_index("ix_service_events_conversation_id")
        batch_op.drop_index("ix_service_events_at")

    op.drop_table("service_events")
    with op.batch_alter_table("recommendation_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_lists_placement_at"))

    op.drop_table("recommendation_lists")
    op.drop_table("question_vectors")
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
    op.drop_table("model_serving")
    with op.batch_alter_table("model_pins", schema=None) as batch_op:
        batch_op.drop_index("ix_model_pins_canary_id")

    op.drop_table("model_pins")
    with op.batch_alter_table("model_moves", schema=None) as batch_op:
        batch_op.drop_index("ix_model_moves_kind")
        batch_op.drop_index("ix_model_moves_candidate_id")

    op.drop_table("model_moves")
    with op.batch_alter_table("model_candidates", schema=None) as batch_op:
        batch_op.drop_index("ix_model_candidates_kind")

    op.drop_table("model_candidates")
    with op.batch_alter_table("handoff_tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoff_tickets_state_priority_waiting_since"))
        batch_op.drop_index(batch_op.f("ix_handoff_tickets_due_at"))
        batch_op.drop_index(batch_op.f("ix_handoff_tickets_changed_at_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_handoff_tickets_agent_state"))

    op.drop_table("handoff_tickets")
    op.drop_table("handoff_presence")
    op.drop_table("handoff_policies")
    with op.batch_alter_table("handoff_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoff_events_conversation_id_number"))

    op.drop_table("handoff_events")
    op.drop_table("handoff_canned")
    with op.batch_alter_table("gaps", schema=None) as batch_op:
        batch_op.drop_index("ix_gaps_state")

    op.drop_table("gaps")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index("ix_feedback_receipt_id")
        batch_op.drop_index("ix_feedback_conversation_id")

    op.drop_table("feedback")
    with op.batch_alter_table("experiments", schema=None) as batch_op:
        batch_op.drop_index("ix_experiments_status")

    op.drop_table("experiments")
    op.drop_table("delivery_plans")
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.drop_index("ix_copies_state_created_at")
        batch_op.drop_index("ix_copies_product_id_channel")

    op.drop_table("copies")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversations_status_changed_at"))
        batch_op.drop_index(batch_op.f("ix_conversations_customer_id"))
        batch_op.drop_index(batch_op.f("ix_conversations_changed_at_conversation_id"))

    op.drop_table("conversations")
    op.drop_table("conversation_turns")
    with op.batch_alter_table("behaviour_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_behaviour_events_user_id_at"))
        batch_op.drop_index(batch_op.f("ix_behaviour_events_event_at"))

    op.drop_table("behaviour_events")
    with op.batch_alter_table("agent_edits", schema=None) as batch_op:
        batch_op.drop_index("ix_agent_edits_receipt_id")

    op.drop_table("agent_edits")
    with op.batch_alter_table("action_log", schema=None) as batch_op:
        batch_op.drop_index("ix_action_log_subject_at")
        batch_op.drop_index("ix_action_log_customer_id_at")
        batch_op.drop_index("ix_action_log_conversation_id_at")
        batch_op.drop_index("ix_action_log_at")

    op.drop_table("action_log")
    op.drop_table("action_claims")
