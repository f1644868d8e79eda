"""Social networks behind one small protocol. Nothing in here knows a Django model."""
