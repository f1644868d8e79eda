"""A practice network: it keeps what it was sent, with limits you pick and faults you switch on."""
