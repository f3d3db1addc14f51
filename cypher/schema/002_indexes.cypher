// What changed since: the service reads only news into its memory.
CREATE INDEX drink_changed_at IF NOT EXISTS FOR (node:Drink) ON (node.changedAt);
CREATE INDEX ingredient_changed_at IF NOT EXISTS FOR (node:Ingredient) ON (node.changedAt);
