-- Expand: a place for the gift messages of v1.1.0. The column may be NULL and v1.0.0 names the columns it writes,
-- so both versions work before and after this.
ALTER TABLE purchase ADD COLUMN gift_message TEXT;
