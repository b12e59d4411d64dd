-- What callers of the gateway spent in the current minute. Not logged: after a crash everybody starts anew, and no
-- request waits for the disk. Keys name users, API keys and addresses; it holds no tenant's rows.
CREATE SCHEMA traffic;
CREATE UNLOGGED TABLE traffic.spending (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
) WITH (fillfactor = 50);
GRANT USAGE ON SCHEMA traffic TO lethe_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON traffic.spending TO lethe_gateway;
