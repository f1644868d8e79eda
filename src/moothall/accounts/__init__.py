"""Staff, services, units, roles, invitations and the notices people get."""
