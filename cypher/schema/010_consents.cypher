// Consents: one node for the rules of this installation, each purpose, and each text that was shown.
CREATE CONSTRAINT consent_rules_id IF NOT EXISTS FOR (node:ConsentRules) REQUIRE node.id IS UNIQUE;
CREATE CONSTRAINT purpose_id IF NOT EXISTS FOR (node:Purpose) REQUIRE node.id IS UNIQUE;
CREATE CONSTRAINT consent_text_id IF NOT EXISTS FOR (node:ConsentText) REQUIRE node.id IS UNIQUE;
