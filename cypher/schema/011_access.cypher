// Access: the keys of programs for the API, each by what is told apart in it.
CREATE CONSTRAINT api_key_id IF NOT EXISTS FOR (node:ApiKey) REQUIRE node.id IS UNIQUE;
