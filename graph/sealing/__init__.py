"""Sealing: what people declare, encrypted before it reaches the graph, with a key for each person.

A person's key encrypts each field for itself (tink's AES-256-GCM; the tenant, the person and the
field are its associated data), a master key the person's key. Destroying a person's key makes all
that was ever sealed with it unreadable, in copies of the graph too.
"""
