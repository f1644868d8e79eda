"""The kept copy of every act: append-only, each row chained to the one before by its hash."""
