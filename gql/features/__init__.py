"""What clients can do, one feature per module: its resolvers and the types only it uses."""
