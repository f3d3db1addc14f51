"""Lists as plain JSON: the arguments and the answers of GraphQL, without it."""
