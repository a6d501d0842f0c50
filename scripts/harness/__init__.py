"""The contract harness: cases from the contract, through a client, compared on the wire.

Nothing here uses the code of a client or of the generator to judge one.
"""
