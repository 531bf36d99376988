-- A state that holds nothing but what came too early goes with the last of that (rule D3).
ALTER TABLE states ADD COLUMN early INTEGER NOT NULL DEFAULT 0;
CREATE INDEX states_early ON states (account, uid) WHERE early = 1;
