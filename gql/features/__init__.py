"""What clients can do, one feature a module: its resolvers and the types only it has."""
