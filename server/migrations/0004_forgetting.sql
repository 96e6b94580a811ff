-- What lets go of what need not be kept.

-- The reply that a kept answer shows, so that its text goes from there too.
ALTER TABLE idempotency_key ADD COLUMN reply INTEGER REFERENCES reply (pk) ON DELETE SET NULL;
CREATE INDEX idempotency_key_by_reply ON idempotency_key (reply);

-- When a guest's token was last used, to the day; null where nobody has counted yet.
ALTER TABLE token ADD COLUMN used INTEGER;
CREATE INDEX token_by_use ON token (used);
