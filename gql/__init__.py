"""The GraphQL API: types, queries and mutations; `schema.graphql` beside them is what clients see."""
