ALTER TABLE purchase DROP COLUMN gift_message;
