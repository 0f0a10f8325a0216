"""The first tables."""

import sqlalchemy as sa
from alembic import op

from store.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "anstand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anstand")),
    )
    op.create_index(op.f("ix_anstand_obligation_key"), "anstand", ["obligation_key"], unique=False)
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "closing",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_closing")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_key", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("paragraf", sa.String(), nullable=True),
        sa.Column("diarienummer", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("handed_to", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_milestone_key"), "decision", ["milestone_key"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("daily_to", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("to", sa.JSON(), nullable=False),
        sa.Column("cc", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("mime", sa.LargeBinary(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pending", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("handed_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("daily_to", "day", name="uq_letter_daily"),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    op.create_index("ix_letter_outbox", "letter", ["state", "not_before"], unique=False)
    op.create_index(op.f("ix_letter_thread"), "letter", ["thread"], unique=False)
    op.create_table(
        "log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("detail_digest", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log")),
        sa.UniqueConstraint("number", name=op.f("uq_log_number")),
    )
    op.create_index(op.f("ix_log_key"), "log", ["key"], unique=False)
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("meeting_day", sa.Date(), nullable=True),
        sa.Column("agenda_closes_at", Instant(), nullable=True),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("obligation_key", "due_at", name="uq_matter_obligation"),
    )
    op.create_index(op.f("ix_matter_obligation_key"), "matter", ["obligation_key"], unique=False)
    op.create_table(
        "meeting_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("original", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("clock", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_change")),
    )
    op.create_table(
        "obligation",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("krav", sa.String(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wake_at", Instant(), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_obligation")),
    )
    op.create_index("ix_obligation_occurrence", "obligation", ["step", "period"], unique=False)
    op.create_index("ix_obligation_wake", "obligation", ["wake_at"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("touched_at", Instant(), nullable=True),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("step", "period", name=op.f("pk_occurrence")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "quiet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet")),
    )
    op.create_index(op.f("ix_quiet_obligation_key"), "quiet", ["obligation_key"], unique=False)
    op.create_table(
        "run",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("flow_run_id", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_run")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "tidplan",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("fastst_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("paragraf", sa.String(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_tidplan")),
    )
    op.create_table(
        "holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("deputy_id", sa.String(), nullable=True),
        sa.Column("deputy_from", sa.Date(), nullable=True),
        sa.Column("deputy_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_holder_deputy_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_holder_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
    )
    op.create_index("ix_holder_role_unit", "holder", ["role", "unit"], unique=False)
    op.create_table(
        "link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_person_id"), "link", ["person_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("passed", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_notice_letter_id_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", "due_at", name="uq_notice_key"),
    )
    op.create_index(op.f("ix_notice_letter_id"), "notice", ["letter_id"], unique=False)
    op.create_index(op.f("ix_notice_obligation_key"), "notice", ["obligation_key"], unique=False)
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("filename", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("ej_aktuellt", sa.String(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("taken_away", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("obligation_key", "part", "version", name="uq_submission_version"),
    )
    op.create_index(op.f("ix_submission_sha256"), "submission", ["sha256"], unique=False)
    op.create_index(op.f("ix_submission_obligation_key"), "submission", ["obligation_key"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("mend", sa.String(), nullable=False),
        sa.Column("lagrum", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_finding_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_submission_id"), "finding", ["submission_id"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("motivering", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_answer_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_submission_id"), "answer", ["submission_id"], unique=False)
    op.create_table(
        "rule_rest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_rest")),
    )
    op.create_index(op.f("ix_rule_rest_rule"), "rule_rest", ["rule"], unique=False)
    op.create_table(
        "ledger_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ledger", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_ledger_file_sha256_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_file")),
    )
    op.create_index("ix_ledger_file_period", "ledger_file", ["ledger", "period"], unique=False)
    op.create_table(
        "ledger_amount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["ledger_file.id"], name=op.f("fk_ledger_amount_file_id_ledger_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_amount")),
        sa.UniqueConstraint("file_id", "unit", "row", "column", name="uq_ledger_amount"),
    )
    op.create_index(op.f("ix_ledger_amount_file_id"), "ledger_amount", ["file_id"], unique=False)
    op.create_table(
        "compilation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_compilation_sha256_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compilation")),
        sa.UniqueConstraint("step", "period", "kind", name="uq_compilation_kind"),
    )
    op.create_table(
        "incoming",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("taken_in_at", Instant(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_incoming_letter_id_letter")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_incoming_sha256_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("digest", name=op.f("uq_incoming_digest")),
    )
    op.create_index("ix_incoming_state", "incoming", ["state", "received_at"], unique=False)
    op.create_table(
        "login_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_link")),
    )
    op.create_index(op.f("ix_login_link_expires_at"), "login_link", ["expires_at"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_ends_at"), "session", ["ends_at"], unique=False)
    op.create_table(
        "calendar_event",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("feeds", sa.JSON(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calendar_event")),
    )
    op.create_index("ix_calendar_event_at", "calendar_event", ["at"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed_at", Instant(), nullable=False),
        sa.Column("renewed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_calendar_feed")),
    )
    op.create_table(
        "diarienummer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diarienummer")),
    )
    op.create_index("ix_diarienummer_occurrence", "diarienummer", ["step", "period"], unique=False)
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_removal_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_removal_submission_id")),
    )
    op.create_table(
        "asked_code",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_asked_code_link_id_link")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_asked_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_code")),
    )
    op.create_index(op.f("ix_asked_code_person_id"), "asked_code", ["person_id"], unique=False)
    op.create_index(op.f("ix_asked_code_expires_at"), "asked_code", ["expires_at"], unique=False)
    op.create_table(
        "anstand_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_anstand_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anstand_request")),
    )
    op.create_index(op.f("ix_anstand_request_obligation_key"), "anstand_request", ["obligation_key"], unique=False)
    op.create_table(
        "draft_form",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_form_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "obligation_key", name=op.f("pk_draft_form")),
    )
    op.create_index(op.f("ix_draft_form_saved_at"), "draft_form", ["saved_at"], unique=False)
    op.create_table(
        "draft_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("obligation_key", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_file_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_file")),
    )
    op.create_index("ix_draft_file_person", "draft_file", ["person_id", "obligation_key"], unique=False)
    op.create_index(op.f("ix_draft_file_saved_at"), "draft_file", ["saved_at"], unique=False)
    op.create_table(
        "utlatande",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_key", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("diarienummer", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utlatande")),
    )
    op.create_index(op.f("ix_utlatande_milestone_key"), "utlatande", ["milestone_key"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    for table in TABLES:
        op.drop_table(table)


#: in an order that no foreign key stops
TABLES = (
    "utlatande", "removal", "diarienummer", "asked_code", "anstand_request", "draft_form", "draft_file",
    "calendar_feed", "calendar_event", "incoming", "ledger_amount", "ledger_file", "compilation", "rule_rest", "answer", "notice", "letter", "finding", "submission", "blob", "link", "holder", "person", "obligation", "occurrence", "run",
    "closing", "meeting_change", "anstand", "quiet", "decision", "matter", "log", "lease", "setting", "tidplan",
    "login_link", "session",
)  # fmt: skip
