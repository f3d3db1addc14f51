// Roles for analysts on Neo4j Enterprise or Aura: run each statement as an administrator, in the
// database `system`. Neo4j Community has no roles. See docs/analysts.md.

// Reads everything and writes nothing.
CREATE ROLE analyst IF NOT EXISTS;
GRANT ACCESS ON DATABASE neo4j TO analyst;
GRANT MATCH {*} ON GRAPH neo4j ELEMENTS * TO analyst;

// The same without what people declared about health or faith.
CREATE ROLE analyst_without_health IF NOT EXISTS AS COPY OF analyst;
DENY TRAVERSE ON GRAPH neo4j RELATIONSHIPS ALLERGIC_TO, AVOIDS, FOLLOWS TO analyst_without_health;
DENY READ {unresolved, allergiesDeclaredAt, regulation, maxAbv, maxCaffeineMgPer100ml, safety, personalisation, remembering, training, experiments, analytics, warehouse, marketing, consentsSetAt, ground, child}
  ON GRAPH neo4j NODES User TO analyst_without_health;

// A person with the role; they set a password of their own at the first login.
CREATE USER ana IF NOT EXISTS SET PASSWORD 'change me first' CHANGE REQUIRED;
GRANT ROLE analyst TO ana;
