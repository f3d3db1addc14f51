"""The record of acts: who read or changed what about whom, in a hash tree that shows tampering."""
