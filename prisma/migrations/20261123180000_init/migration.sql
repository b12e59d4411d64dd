-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "audit" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "plan_item_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "run_id" UUID NOT NULL,
    "before_version_id" UUID NOT NULL,
    "after_version_id" UUID NOT NULL,
    "verdict" TEXT NOT NULL,
    "report" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "dataset" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "attribution" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "dataset_version" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "dataset_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'INGESTING',
    "failure" TEXT,
    "ingest_run_id" UUID,
    "upload_digest" TEXT NOT NULL,
    "upload_size" BIGINT NOT NULL,
    "pack_digest" TEXT,
    "pack_size" BIGINT,
    "image_size" INTEGER NOT NULL,
    "sample_count" INTEGER NOT NULL DEFAULT 0,
    "exact_duplicates" INTEGER NOT NULL DEFAULT 0,
    "near_duplicates" INTEGER NOT NULL DEFAULT 0,
    "quarantined_count" INTEGER NOT NULL DEFAULT 0,
    "quarantined" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ready_at" TIMESTAMPTZ(6),

    CONSTRAINT "dataset_version_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "data_owner" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "subject_key" TEXT NOT NULL,
    "user_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "data_owner_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "sample" (
    "tenant_id" UUID NOT NULL,
    "dataset_version_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "content_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "group" TEXT,
    "owner_id" UUID NOT NULL,
    "split" TEXT NOT NULL,
    "near_duplicate_of" TEXT,

    CONSTRAINT "sample_pkey" PRIMARY KEY ("tenant_id","dataset_version_id","index")
);

-- CreateTable
CREATE TABLE "erasure_request" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "owner_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'RECEIVED',
    "state_reason" TEXT,
    "ground" TEXT NOT NULL,
    "requested_by" UUID NOT NULL,
    "forget_digest" TEXT NOT NULL,
    "forget_size" BIGINT NOT NULL,
    "forget_count" INTEGER NOT NULL,
    "policy" JSONB,
    "policy_digest" TEXT,
    "plan_digest" TEXT,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),

    CONSTRAINT "erasure_request_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "forget_set_sample" (
    "tenant_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "content_id" TEXT NOT NULL,

    CONSTRAINT "forget_set_sample_pkey" PRIMARY KEY ("tenant_id","request_id","content_id")
);

-- CreateTable
CREATE TABLE "approval" (
    "tenant_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "plan_digest" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("tenant_id","request_id","user_id","plan_digest")
);

-- CreateTable
CREATE TABLE "plan_item" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "model_version_id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "unlearning" JSONB,
    "comparisons" JSONB NOT NULL DEFAULT '[]',
    "estimate_seconds" DOUBLE PRECISION,
    "retrain_estimate_seconds" DOUBLE PRECISION,
    "state" TEXT NOT NULL DEFAULT 'PENDING',
    "result_version_id" UUID,

    CONSTRAINT "plan_item_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "sla_clock" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "statute_id" TEXT NOT NULL,
    "rule_version" INTEGER NOT NULL,
    "time_zone" TEXT NOT NULL,
    "holidays" TEXT[],
    "state" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sla_clock_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "sla_clock_event" (
    "tenant_id" UUID NOT NULL,
    "clock_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "sla_clock_event_pkey" PRIMARY KEY ("tenant_id","clock_id","seq")
);

-- CreateTable
CREATE TABLE "evidence" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" UUID,
    "body" TEXT NOT NULL,
    "payload" JSONB GENERATED ALWAYS AS ("body"::jsonb) STORED,
    "leaf_hash" BYTEA NOT NULL,
    "prev_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "log_checkpoint" (
    "tenant_id" UUID NOT NULL,
    "size" BIGINT NOT NULL,
    "root" BYTEA NOT NULL,
    "note" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "frontier" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_checkpoint_pkey" PRIMARY KEY ("tenant_id","size")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "contract" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_at" TIMESTAMPTZ(6),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "tenant_id" UUID NOT NULL,
    "message_id" TEXT NOT NULL,
    "processed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("tenant_id","message_id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "request_digest" TEXT NOT NULL,
    "result_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("tenant_id","user_id","key")
);

-- CreateTable
CREATE TABLE "model" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "framework" TEXT NOT NULL,
    "production_version_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "model_version" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'TRAINING',
    "origin" TEXT NOT NULL,
    "method" TEXT,
    "parent_id" UUID,
    "dataset_version_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "recipe" JSONB NOT NULL,
    "unlearning" JSONB,
    "excluded" JSONB NOT NULL DEFAULT '[]',
    "weights_digest" TEXT,
    "weights_size" BIGINT,
    "state_digest" TEXT,
    "state_size" BIGINT,
    "curve" JSONB NOT NULL DEFAULT '[]',
    "provenance" JSONB,
    "cost" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ready_at" TIMESTAMPTZ(6),

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "promotion" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "model_id" UUID NOT NULL,
    "model_version_id" UUID NOT NULL,
    "decided_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "promotion_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'QUEUED',
    "task" JSONB NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "worker" TEXT,
    "device" TEXT,
    "progress" JSONB,
    "error" JSONB,
    "cost" JSONB,
    "request_id" UUID,
    "plan_item_id" UUID,
    "model_version_id" UUID,
    "dataset_version_id" UUID,
    "requested_by" UUID,
    "cancel_requested_at" TIMESTAMPTZ(6),
    "queued_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(6),
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "run_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'Europe/Berlin',
    "holidays" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "statute_id" TEXT NOT NULL DEFAULT 'gdpr-12-3',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_tenant_id_run_id_key" ON "audit"("tenant_id", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_tenant_id_request_id_number_key" ON "audit"("tenant_id", "request_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_tenant_id_name_key" ON "dataset"("tenant_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_version_tenant_id_dataset_id_number_key" ON "dataset_version"("tenant_id", "dataset_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "data_owner_tenant_id_subject_key_key" ON "data_owner"("tenant_id", "subject_key");

-- CreateIndex
CREATE INDEX "sample_tenant_id_content_id_idx" ON "sample"("tenant_id", "content_id");

-- CreateIndex
CREATE INDEX "sample_tenant_id_owner_id_idx" ON "sample"("tenant_id", "owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "sample_tenant_id_dataset_version_id_content_id_key" ON "sample"("tenant_id", "dataset_version_id", "content_id");

-- CreateIndex
CREATE INDEX "erasure_request_tenant_id_state_idx" ON "erasure_request"("tenant_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "erasure_request_tenant_id_number_key" ON "erasure_request"("tenant_id", "number");

-- CreateIndex
CREATE INDEX "forget_set_sample_tenant_id_content_id_idx" ON "forget_set_sample"("tenant_id", "content_id");

-- CreateIndex
CREATE INDEX "plan_item_tenant_id_request_id_idx" ON "plan_item"("tenant_id", "request_id");

-- CreateIndex
CREATE INDEX "sla_clock_tenant_id_state_due_at_idx" ON "sla_clock"("tenant_id", "state", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "sla_clock_tenant_id_request_id_key" ON "sla_clock"("tenant_id", "request_id");

-- CreateIndex
CREATE INDEX "evidence_tenant_id_request_id_idx" ON "evidence"("tenant_id", "request_id");

-- CreateIndex
CREATE UNIQUE INDEX "model_tenant_id_name_key" ON "model"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "model_version_tenant_id_dataset_version_id_idx" ON "model_version"("tenant_id", "dataset_version_id");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_tenant_id_model_id_number_key" ON "model_version"("tenant_id", "model_id", "number");

-- CreateIndex
CREATE INDEX "promotion_tenant_id_model_id_at_idx" ON "promotion"("tenant_id", "model_id", "at");

-- CreateIndex
CREATE INDEX "run_tenant_id_state_queued_at_idx" ON "run"("tenant_id", "state", "queued_at");

-- CreateIndex
CREATE INDEX "run_tenant_id_request_id_idx" ON "run"("tenant_id", "request_id");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_slug_key" ON "tenant"("slug");

-- AddForeignKey
ALTER TABLE "dataset_version" ADD CONSTRAINT "dataset_version_tenant_id_dataset_id_fkey" FOREIGN KEY ("tenant_id", "dataset_id") REFERENCES "dataset"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sample" ADD CONSTRAINT "sample_tenant_id_dataset_version_id_fkey" FOREIGN KEY ("tenant_id", "dataset_version_id") REFERENCES "dataset_version"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sample" ADD CONSTRAINT "sample_tenant_id_owner_id_fkey" FOREIGN KEY ("tenant_id", "owner_id") REFERENCES "data_owner"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "erasure_request" ADD CONSTRAINT "erasure_request_tenant_id_owner_id_fkey" FOREIGN KEY ("tenant_id", "owner_id") REFERENCES "data_owner"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "forget_set_sample" ADD CONSTRAINT "forget_set_sample_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "erasure_request"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "erasure_request"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_item" ADD CONSTRAINT "plan_item_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "erasure_request"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sla_clock" ADD CONSTRAINT "sla_clock_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "erasure_request"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sla_clock_event" ADD CONSTRAINT "sla_clock_event_tenant_id_clock_id_fkey" FOREIGN KEY ("tenant_id", "clock_id") REFERENCES "sla_clock"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_tenant_id_model_id_fkey" FOREIGN KEY ("tenant_id", "model_id") REFERENCES "model"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_tenant_id_parent_id_fkey" FOREIGN KEY ("tenant_id", "parent_id") REFERENCES "model_version"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_tenant_id_dataset_version_id_fkey" FOREIGN KEY ("tenant_id", "dataset_version_id") REFERENCES "dataset_version"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "promotion" ADD CONSTRAINT "promotion_tenant_id_model_id_fkey" FOREIGN KEY ("tenant_id", "model_id") REFERENCES "model"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;


