-- The shop as v1.0.0 knows it. Safe to apply again: the demo makes its database with this very file.
CREATE TABLE IF NOT EXISTS product (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL CHECK (price_cents > 0)
);

CREATE TABLE IF NOT EXISTS purchase (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES product (id),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 100),
    total_cents INTEGER NOT NULL,
    placed_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

INSERT OR IGNORE INTO product (id, name, price_cents) VALUES
    (1, 'Teapot', 4200),
    (2, 'Cup', 900),
    (3, 'Green tea, 100 g', 1250),
    (4, 'Black tea, 100 g', 1100),
    (5, 'Tea towel', 1500);
