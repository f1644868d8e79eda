"""The servers that the tests run against: each a context manager on a free loopback port, wiped at every start.

`python -m tests.peers.install` installs what they need. Real software runs wherever it exists (Bluesky's own
PDS, PostgreSQL); what is only a stand-in says so in its docstring.
"""
