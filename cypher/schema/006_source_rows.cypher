// Rows of a shop's own database, as change data capture has them.
CREATE CONSTRAINT source_row_id IF NOT EXISTS FOR (node:SourceRow) REQUIRE node.id IS UNIQUE;
CREATE CONSTRAINT source_subject_id IF NOT EXISTS FOR (node:SourceSubject) REQUIRE node.id IS UNIQUE;
CREATE INDEX source_row_open IF NOT EXISTS FOR (node:SourceRow) ON (node.open);
CREATE INDEX source_row_table IF NOT EXISTS FOR (node:SourceRow) ON (node.table);
