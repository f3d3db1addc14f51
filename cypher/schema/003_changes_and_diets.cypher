// Changes and diets: ids are unique.
CREATE CONSTRAINT change_id IF NOT EXISTS FOR (node:Change) REQUIRE node.id IS UNIQUE;
CREATE CONSTRAINT diet_id IF NOT EXISTS FOR (node:Diet) REQUIRE node.id IS UNIQUE;
