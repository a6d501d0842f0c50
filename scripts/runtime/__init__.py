"""What all clients share: types, rules, serialization, security, errors and the call itself."""
