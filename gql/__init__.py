"""The GraphQL API: types, queries, mutations; `schema.graphql` beside them is what clients see."""
