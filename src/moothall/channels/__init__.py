"""The register of channels: what we speak through, whose it is, whether it is really ours, whether it is well."""
